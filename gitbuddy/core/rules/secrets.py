"""Shapes of well-known credentials. A small table on purpose: prefixes that hardly anything else has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

SHAPES: Mapping[str, re.Pattern[str]] = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----"),
    "PuTTY private key": re.compile(r"PuTTY-User-Key-File-[23]:"),
    "age secret key": re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    "AWS access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})\b"),
    "GitLab token": re.compile(r"\bgl(?:pat|ptt|dt|rt|cbt|soat)-[A-Za-z0-9_-]{20,255}"),
    "Slack token": re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,255}"),
    "Slack webhook": re.compile(r"hooks\.slack\.com/services/T[A-Za-z0-9]{6,}/B[A-Za-z0-9]{6,}/[A-Za-z0-9]{20,}"),
    "Google API key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}"),
    "Google OAuth secret": re.compile(r"\bGOCSPX-[0-9A-Za-z_-]{28}"),
    "Stripe key": re.compile(r"\b[sr]k_live_[0-9A-Za-z]{20,255}"),
    "OpenAI key": re.compile(r"\bsk-(?:[A-Za-z0-9_-]{1,100})?T3BlbkFJ[A-Za-z0-9_-]{16,}"),
    "Anthropic key": re.compile(r"\bsk-ant-[A-Za-z0-9_-]{24,255}"),
    "Hugging Face token": re.compile(r"\bhf_[A-Za-z0-9]{34,255}\b"),
    "npm token": re.compile(r"\bnpm_[A-Za-z0-9]{36}\b"),
    "PyPI token": re.compile(r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
    "SendGrid key": re.compile(r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    "Azure storage key": re.compile(r"AccountKey=[A-Za-z0-9+/]{86}=="),
}


def secrets(text: str) -> Counter[tuple[str, str]]:
    """How often each (kind, secret) stands in a text. A key that ends in EXAMPLE is from a manual."""
    return Counter(
        (kind, found[0])
        for kind, shape in SHAPES.items()
        for found in shape.finditer(text)
        if not found[0].endswith("EXAMPLE")
    )
