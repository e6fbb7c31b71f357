"""Identity providers that people sign in with: a real one in a process of its own, and one that lies."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from portal.config import Settings
from portal.web.core.settings import keep_settings, settings_of
from tests.pages import Client
from tests.servers import free_port, wait_for

CLIENT = "letterbox"


@dataclass
class RealProvider:
    """A provider of OpenID Connect that runs in another process."""

    issuer: str

    def knows(self, subject: str, **claims: Any) -> None:
        """Have the provider know a person with these claims."""
        requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=10).raise_for_status()

    def sign_in(self, client: Client, begin: str, subject: str) -> str:
        """Go from ``begin`` to the provider and back as ``subject``; return the address one comes back to."""
        leaving = client.get(begin)
        assert leaving.status_code == 303, leaving.text
        answer = requests.post(
            str(leaving.location), data={"sub": subject}, allow_redirects=False, timeout=10
        )
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"


@contextlib.contextmanager
def a_real_provider() -> Iterator[RealProvider]:
    """Run a provider until the block ends."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        "--require-nonce",
        "true",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    issuer = f"http://localhost:{port}"

    def answers() -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{issuer}/.well-known/openid-configuration", timeout=5).ok
        return False

    try:
        wait_for(answers, "the provider")
        yield RealProvider(issuer)
    finally:
        process.terminate()
        process.wait(10)


@dataclass
class LyingProvider:
    """A provider that answers as a test tells it to: right by default, wrong where something is changed."""

    issuer: str = ""
    description: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    user_info: dict[str, Any] = field(default_factory=lambda: {"sub": "7"})
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "a"})
    key: Any = None
    shown: Any = None
    status: int = 200
    wait: threading.Event | None = None

    def answer(self, path: str) -> object:
        """Return what stands at ``path``."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/me",
                **self.description,
            }
        if path == "/keys":
            return KeySet([self.shown or self.key]).as_dict(private=False)
        if path == "/me":
            return self.user_info
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.token()}

    def token(self) -> str:
        """Return the signed claims."""
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "7",
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        key = OctKey.import_key("s" * 64) if self.header["alg"] == "HS256" else self.key
        if self.header["alg"] == "none":
            return jwt.encode(self.header, claims, key, algorithms=["none"])
        return jwt.encode(self.header, claims, key, algorithms=[self.header["alg"]])


@contextlib.contextmanager
def a_lying_provider() -> Iterator[LyingProvider]:
    """Serve a provider that can lie until the block ends."""
    liar = LyingProvider(key=RSAKey.generate_key(2048, {"kid": "a"}))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if liar.wait is not None:
                liar.wait.wait(30)
            body = json.dumps(liar.answer(urlsplit(self.path).path)).encode()
            self.send_response(liar.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name of the standard library

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    liar.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def brought_back(leaving: str, **answer: str) -> dict[str, str]:
    """Return what a browser brings back that was sent to ``leaving``."""
    state = parse_qs(urlsplit(leaving).query)["state"][0]
    return {"code": "c", "state": state, **answer}


def query(answer: dict[str, str]) -> str:
    """Return ``answer`` as the query of an address."""
    return urlencode(answer)


def use_settings(app: Flask, **given: object) -> Settings:
    """Have ``app`` run with other settings; those of the next test are its own again."""
    changed = settings_of(app).model_copy(update=given)
    keep_settings(app, changed)
    app.jinja_env.globals.update(settings=changed)
    return changed
