"""What each template makes of a place: tables of sources and of repairs that must be among its edits."""

from __future__ import annotations

import pytest

from gitbuddy.core.repair import Source, places
from gitbuddy.core.repair.templates import TEMPLATES

HEAD = "def f(a, b):\n"


def made(template: str, source: str) -> list[str]:
    """All versions of a source that a template makes, at all places."""
    read = Source("a.py", source.encode())
    edits = [edit for place in places(read) for edit in TEMPLATES[template](read, place)]
    return [source[: edit.start] + edit.text + source[edit.end :] for edit in edits]


def bodies(template: str, body: str) -> list[str]:
    return [source.removeprefix(HEAD + "    ").removesuffix("\n") for source in made(template, f"{HEAD}    {body}\n")]


@pytest.mark.parametrize(
    ("template", "body", "expected"),
    [
        ("comparison", "return (a) < b", "return (a) <= b"),
        ("comparison", "return a == b", "return a != b"),
        ("comparison", "return a not  in b", "return a in b"),
        ("comparison", "return [x for x in a if x is None]", "return [x for x in a if x is not None]"),
        ("comparison", "return 'ßé∑𝛑' < a", "return 'ßé∑𝛑' <= a"),
        ("names", "return 'ßé∑𝛑' + a", "return 'ßé∑𝛑' + b"),
        ("arithmetic", "return (a) - b", "return (a) + b"),
        ("arithmetic", "return (a + b) % b", "return b % (a + b)"),
        ("arithmetic", "return a + b % 2", "return a + b // 2"),
        ("inserted", "return a * (100 - b)", "return a * (100 - b) // 100"),
        ("inserted", "return 60 + a", "return (60 + a) / 60"),
        ("arithmetic", "a -= b", "a //= b"),
        ("arithmetic", "a += b", "a = b"),
        ("arithmetic", "a = b", "a += b"),
        ("arithmetic", "return str(a) + 'b'", "return 'b' + str(a)"),
        ("boolean", "return a and b", "return a or b"),
        ("boolean", "return a and (b) and a", "return a or (b) or a"),
        ("boolean", "return a and (b) and a", "return a or (b) and a"),
        ("constants", "return a[2]", "return a[3]"),
        ("constants", "return a + 2", "return a + 1"),
        ("constants", "return a + 2", "return a + (-2)"),
        ("constants", "return a + 2", "return a + 0"),
        ("constants", "a = 1.0", "a = 0.0"),
        ("constants", "return True", "return False"),
        ("constants", "return None", "return []"),
        ("constants", "return a + 7 if b > 42 else 0", "return a + 42 if b > 42 else 0"),
        ("strings", "return ' '.join(a)", "return ''.join(a)"),
        ("strings", "return 'aeiou'", "return 'AEIOU'"),
        ("strings", "return 'ab1'", "return 'ab'"),
        ("strings", "return 'aeiouyAEIOUY'", "return 'aeiouAEIOU'"),
        ("strings", "return a == '('", "return a == ')'"),
        ("strings", "return a == '('", "return a == '['"),
        ("strings", "return b == 'no' if a else 'yes'", "return b == 'yes' if a else 'yes'"),
        ("strings", "return g('a')", "return g(a)"),
        ("strings", 'return "it\'s"', 'return "IT\'S"'),
        ("names", "return a + a", "return a + b"),
        ("names", "a = b", "b = b"),
        ("names", "a += 1", "b += 1"),
        ("names", "return [x for x in a]", "return [a for x in a]"),
        ("names", "return [a for x in a]", "return [x for x in a]"),
        ("names", "return a.one + a.two", "return a.two + a.two"),
        ("siblings", "return a.lower()", "return a.upper()"),
        ("siblings", "return min(a)", "return max(a)"),
        ("siblings", "return math.floor(a)", "return math.ceil(a)"),
        ("siblings", "a.append(b)", "a.extend(b)"),
        ("siblings", "return a.startswith(b)", "return a.endswith(b)"),
        ("siblings", "return sorted(a)", "return sorted(a, reverse=True)"),
        ("siblings", "a.sort()", "a.sort(reverse=True)"),
        ("siblings", "return sorted(a, reverse=b)", "return sorted(a, reverse=not (b))"),
        ("siblings", "return map(min, a)", "return map(max, a)"),
        ("arguments", "return g((a), b)", "return g(b, (a))"),
        ("arguments", "return g(a, b, key=1)", "return g(a, b)"),
        ("arguments", "return g(a, b)", "return g(b)"),
        ("arguments", "return round(a)", "return round(a, 2)"),
        ("arguments", "a, b = g()", "b, a = g()"),
        ("arguments", "return [a, b]", "return [b, a]"),
        ("arguments", "return 1 if a else 2", "return 2 if a else 1"),
        ("offsets", "return range(a)", "return range(a + 1)"),
        ("offsets", "return range(a)", "return range(1, a)"),
        ("offsets", "return range(1, a)", "return range(a)"),
        ("offsets", "return range(a or b)", "return range((a or b) + 1)"),
        ("offsets", "return a[b:]", "return a[b + 1:]"),
        ("offsets", "return a[b:]", "return a[:b]"),
        ("offsets", "return a[:b]", "return a[:]"),
        ("offsets", "return a[len(a) - b]", "return a[len(a) - b - 1]"),
        ("offsets", "return a[b]", "return a[-1]"),
        ("offsets", "return a[:]", "return a[::-1]"),
        ("conditions", "return 1 if a else b", "return 1 if not a else b"),
        ("conditions", "return 1 if not a else b", "return 1 if a else b"),
        ("conditions", "return 1 if a or b else b", "return 1 if not (a or b) else b"),
        ("conditions", "return 1 if a else b > 2", "return 1 if a and b > 2 else b > 2"),
        ("conditions", "return 1 if a else b > 2", "return 1 if a or b > 2 else b > 2"),
        ("conditions", "return [x for x in a]", "return [x for x in a if x]"),
        ("dropped", "return a + (b - 1)", "return a"),
        ("dropped", "return a + (b - 1)", "return (b - 1)"),
        ("dropped", "return a * (b - 1)", "return a * (b)"),
        ("dropped", "return a and b and a > 1", "return a and a > 1"),
        ("dropped", "return len(a)", "return a"),
        ("dropped", "return len(a - b) * 2", "return (a - b) * 2"),
        ("dropped", "return a.strip()", "return a"),
        ("dropped", "return not a", "return a"),
        ("dropped", "return [x for x in a if x]", "return [x for x in a]"),
        ("dropped", "return [a, b]", "return [a]"),
        ("dropped", "a.sort()", "pass"),
        ("inserted", "return len(a)", "return len(a) + 1"),
        ("inserted", "return len(a) * 2", "return (len(a) - 1) * 2"),
        ("inserted", "return a - b", "return abs(a - b)"),
        ("inserted", "return str(a)", "return str(a).lower()"),
        ("inserted", "return list(a)", "return list(a)[1:]"),
        ("inserted", "return g(a)", "return g(g(a))"),
        ("inserted", "return a == b", "return not (a == b)"),
        ("inserted", "return g(a)", "return g(a[b:])"),
        ("inserted", "return sum(x for x in a)", "return sum(list(x for x in a))"),
        ("borrowed", "return sum(a) / b + len(a)", "return sum(a) / len(a) + len(a)"),
        ("statements", "g(a)", "return g(a)"),
        ("statements", "return len(a)", "return a"),
    ],
)
def test_a_repair_within_a_statement_is_made(template: str, body: str, expected: str) -> None:
    assert expected in bodies(template, body)


@pytest.mark.parametrize(
    ("template", "body", "expected"),
    [
        ("conditions", "if a:\n        g()\n    if b:\n        g()", "if a:\n        g()\n    elif b:\n        g()"),
        ("conditions", "if a:\n        g()\n    elif b:\n        g()", "if a:\n        g()\n    if b:\n        g()"),
        ("guards", "return a[0]", "if not a:\n        return []\n    return a[0]"),
        ("guards", "return a[0]", "if a is None:\n        return None\n    return a[0]"),
        (
            "guards",
            "for x in a:\n        for y in b:\n            r.add(x)",
            "for x in a:\n        for y in b:\n            if x == y:\n                r.add(x)",
        ),
        ("dropped", "a.sort()  # why\n    return a", "return a"),
        ("moved", "for x in a:\n        g(x)\n        return x", "for x in a:\n        g(x)\n    return x"),
        (
            "moved",
            "for x in a:\n        if x:\n            g(x)\n            return x",
            "for x in a:\n        if x:\n            g(x)\n    return x",
        ),
        ("moved", "for x in a:\n        g(x)\n    return x", "for x in a:\n        g(x)\n        return x"),
        ("moved", "g(a)\n    h(a)", "h(a)\n    g(a)"),
        ("moved", "if a:\n        return 1\n    return 2", "if a:\n        return 2\n    return 1"),
        ("statements", "while a > 0:\n        g(a)", "while a > 0:\n        g(a)\n        a -= 1"),
        ("statements", "for x in a:\n        g(x)", "for x in a:\n        g(x)\n        break"),
        ("statements", "for x in a:\n        break", "for x in a:\n        continue"),
    ],
)
def test_a_repair_of_several_lines_is_made(template: str, body: str, expected: str) -> None:
    assert expected in bodies(template, body)


@pytest.mark.parametrize(
    ("template", "body"),
    [
        ("comparison", "return a + b"),
        ("arithmetic", "return g(a)"),
        ("boolean", "return a < b"),
        ("constants", "return f'{a + 1}'"),
        ("strings", "return 1"),
        ("names", "return g()"),
        ("siblings", "return a.mine()"),
        ("arguments", "return a + b"),
        ("offsets", "return a(b)"),
        ("conditions", "return a + b"),
        ("dropped", "pass"),
        ("inserted", "return 1"),
        ("moved", "g(a)"),
        ("statements", "pass"),
        ("guards", "a; b"),
        ("borrowed", "return a"),
    ],
)
def test_where_a_template_has_nothing_to_say_it_says_nothing(template: str, body: str) -> None:
    assert bodies(template, body) == []


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import os\nfrom a import b\n", id="imports"),
        pytest.param('"""Words with 1 < 2."""\n', id="words about the module"),
        pytest.param("def f(a: 'int' = 1) -> 'str':\n    '''Words.'''\n", id="a signature"),
        pytest.param("x = 1 < 2\n", id="the top of a module that nobody suspects"),
    ],
)
def test_what_is_no_code_of_a_function_is_left_alone(source: str) -> None:
    assert [one for template in TEMPLATES for one in made(template, source)] == []
