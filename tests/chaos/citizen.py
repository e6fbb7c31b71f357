"""A citizen who writes a letter with a browser: what was typed must come back with every refusal."""

import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import NamedTuple

from tests.servers import REQUEST_SECONDS
from tests.web.public.citizens import typed

_HIDDEN = re.compile(r'<input(?=[^>]*type="hidden")[^>]*>')
TEXT = "石桥街道梧桐小区门口的路灯坏了两个星期，晚上回家看不清路，请问什么时候能修好？"


class Sent(NamedTuple):
    """How the form was answered, 0 for not at all, and whether its words stood in the answer."""

    status: int
    kept: bool

    @property
    def is_taken(self) -> bool:
        """Whether the answer leads to the receipt."""
        return self.status in (302, 303)


class _Stay(urllib.request.HTTPRedirectHandler):
    """See a redirect instead of following it."""

    def redirect_request(self, *_given: object) -> None:
        return None


class Citizen:
    """One browser with its cookies; ``chosen`` is what else it fills in."""

    def __init__(self, address: str, **chosen: str) -> None:
        self.address, self._chosen = address, chosen
        self._hidden: dict[str, str] = {}
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._browser = urllib.request.build_opener(jar)
        self._sender = urllib.request.build_opener(jar, _Stay())

    def begin(self) -> None:
        """Open the form of a letter."""
        with self._browser.open(f"{self.address}/write", timeout=REQUEST_SECONDS) as answer:
            self._read(answer.read().decode())

    def send(self) -> Sent:
        """Send the form that was shown last; what comes back is the form of the next time."""
        fields = {**self._hidden, **typed(text=TEXT, **self._chosen), "step": "send"}
        data = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(f"{self.address}/write", data, method="POST")
        try:
            with self._sender.open(request, timeout=REQUEST_SECONDS) as answer:
                status, html = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, html = error.code, error.read().decode()
        except OSError:
            return Sent(0, False)
        self._read(html)
        return Sent(status, TEXT in html)

    def _read(self, html: str) -> None:
        """Keep the tokens of the form that sends the letter."""
        for tag in _HIDDEN.findall(html):
            given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            if given.get("name") in ("csrf_token", "form_token"):
                self._hidden[given["name"]] = given.get("value", "")
