"""A model server behind TLS: its certificate is checked, always, and what to do is said."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from products import Product, models, serving

from gitbuddy.errors import ModelUnavailable
from gitbuddy.proposers.endpoint import Endpoint

PAGES = {"/v1/models": models("m")}


@pytest.fixture
def certificate(tmp_path: Path, require: Callable[[str], str]) -> Path:
    """A certificate for 127.0.0.1 that signs itself, with its key in one file."""
    new = [require("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    about = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    subprocess.run([*new, *about, *files], capture_output=True, check=True)
    return tmp_path / "cert.pem"


def context(certificate: Path) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, certificate.with_name("key.pem"))
    return tls


def test_a_certificate_that_signs_itself_is_not_trusted_and_people_are_told_how_to(certificate: Path) -> None:
    with serving(Product(PAGES), context(certificate)) as product, pytest.raises(ModelUnavailable) as caught:
        Endpoint(product.url).get("/v1/models", 20)

    assert caught.value.message == f"the server's certificate is not trusted (self-signed certificate): {product.url}"
    assert "SSL_CERT_FILE" in caught.value.hint
    assert product.asked == []


def test_a_certificate_that_the_user_names_is_trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(Product(PAGES), context(certificate)) as product:
        assert Endpoint(product.url).get("/v1/models", 20)[0] == 200


def test_a_certificate_of_another_name_stays_distrusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(Product(PAGES), context(certificate)) as product:
        elsewhere = product.url.replace("127.0.0.1", "localhost")
        with pytest.raises(ModelUnavailable, match="not trusted"):
            Endpoint(elsewhere).get("/v1/models", 20)


def test_a_server_without_tls_is_said() -> None:
    with serving(Product(PAGES)) as product, pytest.raises(ModelUnavailable, match="does not speak TLS") as caught:
        Endpoint(product.url.replace("http:", "https:")).get("/v1/models", 20)

    assert "http://" in caught.value.hint
