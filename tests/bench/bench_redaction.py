"""Processor time of redaction: adversarial texts of 100 kB against an ordinary letter.

Run with ``python -m tests.bench.bench_redaction``. Ratios are from one run on one machine; linear
detectors keep them bounded, and doubling the text doubles the time.
"""

import sys
import time
from collections.abc import Callable

from portal.domain.redaction import Sender, detect

LENGTH = 100_000
SENDER = Sender("欧阳建国", "13812345678", "jianguo.ouyang@example.com")
ORDINARY = (
    "尊敬的领导，您好！我家住江北区大石坝街道，小区门口的人行道2016年11月开挖以后一直没有恢复，"
    "老人孩子进出很不方便，多次向物业反映，王经理说要等到明年3月。请问什么时候可以修好？"
    "我的电话是13912345678，盼复，谢谢！"
)
ADVERSARIAL = {
    "one digit": "1",
    "spaced digits": "6 6 ",
    "dashed digits": "1-1-",
    "village groups": "村1组",
    "blanks": " ",
    "brackets": "（(",
    "tags": "<",
    "entities": "&",
    "relatives": "我妈王",
    "years in brackets": "（2016）",
    "half hidden": "138*",
    "separated digits": "1 3-",
    "mobile but one": "13812345678 1",
    "near mobile numbers": "1381234567",
    "Chinese numerals": "一三八",
    "zero-width": "1\u200b",
    "at signs": "a@",
    "local parts": "a.",
    "domains": "a@b.c.",
    "house numbers": "1栋2-",
    "village": "镇东南西北村",
    "names": "王建国主任",
    "cues": "我叫",
    "plates": "渝A1 ",
    "spaces": "姓名 ",
    "plus": "+861 ",
    "accounts": "QQ号1 ",
    "nothing but names": "我叫张三丰",
    "nothing but families": "张三丰的女儿张小萌，",
    "nothing but mail": "zhangsan@qq.com ",
    "nothing but identity cards": "50010319850712421X ",
    "nothing but mobiles": "13912345678 ",
    "nothing but plates": "渝A12345，",
}


def seconds(text: str) -> float:
    """The best of three runs, in processor time."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        detect(text, sender=SENDER)
        best = min(best, time.process_time() - started)
    return best


def repeat(unit: str, length: int) -> str:
    """``unit`` repeated to ``length`` bytes of UTF-8."""
    repeated = (unit * (length // len(unit) + 1)).encode()
    return repeated[:length].decode(errors="ignore")


def main(write: Callable[[str], object] = sys.stdout.write) -> None:
    """Print, for every text, its time and the two ratios."""
    ordinary = seconds(repeat(ORDINARY, LENGTH))
    write(f"{'ordinary letter':22} {ordinary * 1000:8.1f} ms\n")
    for name, unit in ADVERSARIAL.items():
        whole, half = seconds(repeat(unit, LENGTH)), seconds(repeat(unit, LENGTH // 2))
        write(
            f"{name:22} {whole * 1000:8.1f} ms   {whole / ordinary:5.2f} × ordinary"
            f"   doubling {whole / half:4.2f} ×\n"
        )


if __name__ == "__main__":
    main()
