"""Shapes of credentials. The examples are put together here, so that no scanner takes this file for a leak."""

from __future__ import annotations

import pytest

from gitbuddy.core.rules.secrets import SHAPES, secrets

EXAMPLES = {
    "private key": "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    "PuTTY private key": "PuTTY-User-Key-" + "File-2: ssh-rsa",
    "age secret key": "AGE-SECRET-" + "KEY-1" + "Q" * 58,
    "AWS access key": "AKIA" + "Q7" * 8,
    "GitHub token": "ghp_" + "a1" * 18,
    "GitLab token": "glpat-" + "a1" * 10,
    "Slack token": "xoxb-" + "1" * 12 + "-abc",
    "Slack webhook": "https://hooks.slack.com/" + "services/T0000000A/B0000000A/" + "a1" * 12,
    "Google API key": "AIza" + "a1" * 17 + "b",
    "Google OAuth secret": "GOCSPX-" + "a1" * 14,
    "Stripe key": "sk_" + "live_" + "a1" * 12,
    "OpenAI key": "sk-proj-" + "a1" * 10 + "T3Blbk" + "FJ" + "a1" * 10,
    "Anthropic key": "sk-ant-" + "a1" * 12,
    "Hugging Face token": "hf_" + "aB" * 17,
    "npm token": "npm_" + "a1" * 18,
    "PyPI token": "pypi-AgEIcHlwaS5vcmc" + "a1" * 25,
    "SendGrid key": "SG." + "a1" * 11 + "." + "a1" * 21 + "b",
    "Azure storage key": "AccountKey=" + "a1" * 43 + "==",
}
HARMLESS = [
    "AKIA" + "IOSFODNN7" + "EXAMPLE",
    "-----BEGIN PUBLIC KEY-----",
    "-----BEGIN CERTIFICATE-----",
    "ghp_short",
    "sk-learn",
    "risk_live_" + "a" * 30,
    "token = os.environ['GITHUB_TOKEN']",
    "hf_hub_download",
]


def test_every_shape_has_an_example() -> None:
    assert set(EXAMPLES) == set(SHAPES)


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_credential_is_recognised(kind: str) -> None:
    assert kind in {found for found, _ in secrets(f'key = "{EXAMPLES[kind]}"\n')}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_alike_is_not(text: str) -> None:
    assert not secrets(f'key = "{text}"\n')
