"""What an identity provider says is believed only where it proves it."""

import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from portal.adapters.identity.provider import Identity, Provider, ProviderAway, ProviderRefused
from portal.identity_settings import IdentityProvider
from tests.adapters.identity.providers import CLIENT, LyingProvider, a_lying_provider, brought_back

BACK = "https://letters.example/back"


@pytest.fixture
def liar() -> Iterator[LyingProvider]:
    """A provider that can lie."""
    with a_lying_provider() as liar:
        yield liar


def signed_in(liar: LyingProvider, **answer: str) -> Identity:
    """Sign in with the provider and return who it was."""
    provider = Provider(IdentityProvider(issuer=liar.issuer, client_id=CLIENT, seconds=1))
    asked = provider.ask(BACK)
    liar.claims = {"nonce": asked.nonce, **liar.claims}
    return provider.identity(asked, BACK, brought_back(asked.address, **answer))


def test_a_truthful_provider_is_believed(liar: LyingProvider) -> None:
    """Who signed in is named by issuer and subject, with name and groups of either answer."""
    liar.claims = {"preferred_username": "shen.yi", "groups": ["clerks"]}
    liar.user_info = {"sub": "7", "name": "沈毅"}
    found = signed_in(liar)
    assert found == Identity(liar.issuer, "7", "shen.yi", "沈毅", frozenset({"clerks"}))


def test_the_request_is_bound_to_the_browser(liar: LyingProvider) -> None:
    """State, nonce and a challenge of the code go along, each another one every time."""
    provider = Provider(IdentityProvider(issuer=liar.issuer, client_id=CLIENT))
    first, second = (
        parse_qs(urlsplit(provider.ask(BACK).address).query, strict_parsing=True) for _ in range(2)
    )
    assert first["code_challenge_method"] == ["S256"] and first["redirect_uri"] == [BACK]
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iss", "https://elsewhere.example"),
        ("iss", None),
        ("aud", "another"),
        ("aud", None),
        ("sub", None),
        ("exp", 1),
        ("exp", None),
        ("iat", 4_000_000_000),
        ("nonce", "another"),
        ("nonce", None),
        ("sub", "8"),
        ("sub", "x" * 300),
        ("groups", [str(number) for number in range(1_001)]),
        ("groups", 7),
    ],
)
def test_a_wrong_claim_is_refused(liar: LyingProvider, name: str, value: object) -> None:
    """Another issuer, audience, time, request or person proves nothing."""
    liar.claims = {name: value}
    with pytest.raises(ProviderRefused):
        signed_in(liar)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_anybody_could_sign_is_refused(liar: LyingProvider, algorithm: str) -> None:
    """Neither a token without signature nor one by a shared secret counts."""
    liar.header = {"alg": algorithm}
    liar.description = {"id_token_signing_alg_values_supported": [algorithm]}
    with pytest.raises(ProviderRefused):
        signed_in(liar)


def test_a_signature_by_another_key_is_refused(liar: LyingProvider) -> None:
    """The key must be one that the provider shows."""
    liar.shown = RSAKey.generate_key(2048, {"kid": "a"})
    with pytest.raises(ProviderRefused):
        signed_in(liar)


def test_a_provider_may_change_its_key(liar: LyingProvider) -> None:
    """A token by a key that was not known yet has the keys looked up again."""
    provider = Provider(IdentityProvider(issuer=liar.issuer, client_id=CLIENT))
    for kid in ("a", "b"):
        liar.key, liar.header = (
            RSAKey.generate_key(2048, {"kid": kid}),
            {"alg": "RS256", "kid": kid},
        )
        asked = provider.ask(BACK)
        liar.claims = {"nonce": asked.nonce}
        assert provider.identity(asked, BACK, brought_back(asked.address)).subject == "7"


@pytest.mark.parametrize(
    "answer", [{"state": "another"}, {"code": ""}, {"error": "access_denied"}, {"iss": "https://x"}]
)
def test_a_wrong_way_back_is_refused(liar: LyingProvider, answer: dict[str, str]) -> None:
    """An answer to another request, without a code, with an error or from elsewhere proves nothing."""
    with pytest.raises(ProviderRefused):
        signed_in(liar, **answer)


@pytest.mark.parametrize(
    "description",
    [{"issuer": "https://elsewhere.example"}, {"token_endpoint": None}, {"jwks_uri": 7}],
)
def test_a_provider_that_describes_itself_wrongly_is_none(
    liar: LyingProvider, description: dict[str, object]
) -> None:
    """Another issuer than the one that was set, or a missing address, counts as being away."""
    liar.description = description
    with pytest.raises(ProviderAway):
        signed_in(liar)


def test_a_provider_that_is_away_is_said_to_be(liar: LyingProvider) -> None:
    """An error of the provider, and nobody at the address."""
    liar.status = 500
    with pytest.raises(ProviderAway):
        signed_in(liar)
    with pytest.raises(ProviderAway):
        Provider(IdentityProvider(issuer="http://127.0.0.1:9", client_id=CLIENT)).ask(BACK)


def test_a_provider_that_hangs_does_not_hold_the_page(liar: LyingProvider) -> None:
    """After the seconds of the setting the provider counts as being away."""
    liar.wait = threading.Event()
    try:
        with pytest.raises(ProviderAway):
            signed_in(liar)
    finally:
        liar.wait.set()
