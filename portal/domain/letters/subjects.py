"""Subjects (主题分类) that come with the product, so that pages in other languages can name them.

A subject is a word on a letter: offices may use others, which stay as they were typed.
"""

from portal.domain.errors import N_

SUBJECTS = (
    N_("城乡建设"),
    N_("交通运输"),
    N_("社会保障"),
    N_("卫生计生"),
    N_("民政救助"),
    N_("环境保护"),
    N_("国土房产"),
    N_("教育文体"),
    N_("公安政法"),
    N_("商贸旅游"),
    N_("农业农村"),
    N_("经济管理"),
    N_("信息通信"),
    N_("政务服务"),
    N_("纪检监察"),
)
"""The subjects of the letters that come along, ``portal.tools.samples``."""
