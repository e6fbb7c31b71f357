"""Errors of the open data as problem details (RFC 9457), in the language that the reader asks for."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Response, request
from flask_babel import force_locale

from portal.domain.errors import N_
from portal.domain.languages import LANGUAGES, SOURCE
from portal.web.core.addresses import this_path
from portal.web.core.failures import Failure
from portal.web.core.language import say

PROBLEM = "application/problem+json"
TITLES: dict[int, tuple[str, str]] = {
    400: (N_("请求有误"), N_("请求的写法不对，请对照文档核对。")),
    401: (N_("需要令牌"), N_("请在 Authorization 里给出有效的令牌：Bearer 加令牌。")),
    403: (N_("没有权限"), N_("您没有进行这项操作的权限。")),
    404: (N_("没有找到"), N_("没有这个地址，或者没有这份公示件。")),
    405: (N_("不能这样请求"), N_("这个地址不接受这种请求方法，Allow 里是可以用的方法。")),
    406: (N_("没有这种格式"), N_("这个地址只给出 JSON，请在 Accept 里接受 application/json。")),
    409: (N_("与现状不符"), N_("请查看最新情况后再试。")),
    410: (N_("已撤下"), N_("这份公示件已撤下。")),
    413: (N_("内容太大"), N_("请缩短内容后再试。")),
    415: (N_("不认识的格式"), N_("请用 application/json 发送。")),
    422: (N_("内容有误"), N_("请改正后再发送。")),
    429: (N_("请求太频繁"), N_("请等 Retry-After 说的秒数以后再试。")),
    500: (N_("系统出错"), N_("系统出了错，已经记录下来，请稍后再试。")),
    503: (N_("系统繁忙"), N_("系统暂时繁忙，请稍后再试。")),
}
"""Title and usual explanation of each status."""


def preferred_locale() -> str:
    """Return the locale that suits the reader's ``Accept-Language`` best."""
    by_tag = {row.tag: locale for locale, row in LANGUAGES.items()}
    wanted = request.accept_languages.best_match(list(by_tag))
    return by_tag[wanted] if wanted else SOURCE


def problem(failure: Failure) -> Response:
    """Return ``failure`` as problem details; the parameter at fault is ``parameter``."""
    usual = TITLES.get(failure.status) or TITLES[500 if failure.status >= 500 else 400]
    locale = preferred_locale()
    with force_locale(locale):
        body: dict[str, object] = {
            "type": "about:blank",
            "title": say(usual[0]) if failure.status in TITLES else _phrase(failure.status),
            "status": failure.status,
            "detail": say(failure.message or usual[1]),
            "instance": this_path(),
        }
    if failure.parameter:
        body["parameter"] = failure.parameter
    text = json.dumps(body, ensure_ascii=False)
    response = Response(text + "\n", failure.status, headers=failure.headers)
    response.content_type = PROBLEM
    response.headers["Content-Language"] = LANGUAGES[locale].tag
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept-Language")
    return response


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)
