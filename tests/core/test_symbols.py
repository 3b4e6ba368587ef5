"""What a file defines and uses, language by language."""

from __future__ import annotations

import pytest

from gitbuddy.core.endings import SUFFIXES
from gitbuddy.core.symbols.extraction import GRAMMARS, MOST_DEFINITIONS, read
from gitbuddy.core.symbols.symbols import Symbols

PYTHON = """\
import os
from shop.cart import total as t
LIMIT = 1
@deco
def first(a,
          b):
    def inner(): pass
    return other_name(a)
class Cart(Base):
    size = 1
    def total(self) -> int:
        "not_a_name"  # nor_this
        return f"{real_name}"
"""
C = """\
#include "shop/cart.h"
#define LIMIT 1
#define TWICE(x) x
struct cart { int size; };
typedef struct { int a; } item;
enum state { OPEN, CLOSED };
int proto(void);
static char *name(int a)
{
    return helper(a);
}
int global = 3;
"""
CPP = """\
namespace shop {
class Cart : public Base { int total(); void in() {} };
template <typename T> T twice(T x) { return x; }
}
int shop::Cart::total() { return helper_of(1); }
using Money = int;
"""
JAVASCRIPT = """\
const { x } = require('./lib/prices');
import y from './tax.js';
function first() { function inner() {} }
const second = () => 1;
class Cart { total() { return helper(`${price_of}`); } }
exports.third = function () {};
export const LIMIT = 1;
"""
TYPESCRIPT = """\
export interface Item { price(): number }
export type Items = Item[];
enum State { Open }
abstract class Base { abstract total(): void; size() {} }
export function first(items: Items): State { return helper(items); }
"""
GO = """\
package shop

import "example.org/prices"

const (
\tOpen = iota
\tClosed
)

var a, b = 1, 2

type Cart struct{ size int }
type Total interface{ Total() int }
type Alias = Cart

func (c *Cart) Total() int { return helper(c) }
func First() {}
"""
RUST = """\
use crate::prices::tax;
mod other;
mod inner { pub fn deep() {} }
#[derive(Debug)]
pub struct Cart<T> { size: T }
impl<T> Cart<T> { pub fn total(&self) -> u8 { helper!(self) } }
trait Total { fn total(&self); }
enum State { Open }
macro_rules! twice { () => {} }
const LIMIT: u8 = 1;
"""
JAVA = """\
package shop;
import org.prices.Tax;
public class Cart extends Base {
    private static final int LIMIT = 1;
    Cart() {}
    int total(int a) { return helper(a); }
    enum State { OPEN }
    interface Item { void price(); }
}
"""

DEFINED = [
    (
        "m.py",
        PYTHON,
        ["variable LIMIT 3-3", "function first 4-8", "class Cart 9-13", "method Cart.total 11-13"],
    ),
    (
        "m.c",
        C,
        [
            "macro LIMIT 2-2",
            "macro TWICE 3-3",
            "struct cart 4-4",
            "type item 5-5",
            "enum state 6-6",
            "constant state.OPEN 6-6",
            "constant state.CLOSED 6-6",
            "prototype proto 7-7",
            "function name 8-11",
            "variable global 12-12",
        ],
    ),
    (
        "m.cpp",
        CPP,
        [
            "class shop.Cart 2-2",
            "prototype shop.Cart.total 2-2",
            "method shop.Cart.in 2-2",
            "function shop.twice 3-3",
            "method shop.Cart.total 5-5",
            "type Money 6-6",
        ],
    ),
    (
        "m.js",
        JAVASCRIPT,
        [
            "function first 3-3",
            "function second 4-4",
            "class Cart 5-5",
            "method Cart.total 5-5",
            "function third 6-6",
            "variable LIMIT 7-7",
        ],
    ),
    (
        "m.ts",
        TYPESCRIPT,
        [
            "interface Item 1-1",
            "method Item.price 1-1",
            "type Items 2-2",
            "enum State 3-3",
            "class Base 4-4",
            "method Base.total 4-4",
            "method Base.size 4-4",
            "function first 5-5",
        ],
    ),
    ("m.tsx", "export const App = () => <Page>{user_name()}</Page>;\n", ["variable App 1-1"]),
    (
        "m.go",
        GO,
        [
            "constant Open 6-6",
            "constant Closed 7-7",
            "variable a 10-10",
            "variable b 10-10",
            "struct Cart 12-12",
            "interface Total 13-13",
            "type Alias 14-14",
            "method Cart.Total 16-16",
            "function First 17-17",
        ],
    ),
    (
        "m.rs",
        RUST,
        [
            "function inner.deep 3-3",
            "struct Cart 5-5",
            "method Cart.total 6-6",
            "trait Total 7-7",
            "method Total.total 7-7",
            "enum State 8-8",
            "constant State.Open 8-8",
            "macro twice 9-9",
            "constant LIMIT 10-10",
        ],
    ),
    (
        "M.java",
        JAVA,
        [
            "class Cart 3-9",
            "field Cart.LIMIT 4-4",
            "constructor Cart.Cart 5-5",
            "method Cart.total 6-6",
            "enum Cart.State 7-7",
            "constant Cart.State.OPEN 7-7",
            "interface Cart.Item 8-8",
            "method Cart.Item.price 8-8",
        ],
    ),
]


def symbols(source: str | bytes, path: str) -> Symbols:
    found = read(source.encode() if isinstance(source, str) else source, path)
    assert found is not None
    return found


def defined(found: Symbols) -> list[str]:
    return [f"{d.kind} {'.'.join(filter(None, (d.scope, d.name)))} {d.first}-{d.last}" for d in found.definitions]


@pytest.mark.parametrize(("path", "source", "expected"), DEFINED, ids=[path for path, _, _ in DEFINED])
def test_definitions_with_their_kind_scope_and_lines(path: str, source: str, expected: list[str]) -> None:
    found = symbols(source, path)

    assert defined(found) == expected
    assert not found.broken


@pytest.mark.parametrize("path", ["m.hpp", "m.h"])
def test_a_label_before_a_class_is_not_its_name(path: str) -> None:
    found = symbols(
        "namespace a {\nclass SHOP_EXPORT Cart : public Base {\n  Cart();\n  int total() const;\n};\n"
        "template <class T> struct NODISCARD Box final {\n  T it;\n};\nstruct POINT where(int x) { return here; }\n}\n",
        path,
    )

    assert defined(found) == [
        "class a.Cart 2-5",
        "prototype a.Cart.Cart 3-3",
        "prototype a.Cart.total 4-4",
        "struct a.Box 6-8",
        "function a.where 9-9",
    ]
    assert found.definitions[0].signature == "class SHOP_EXPORT Cart : public Base"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("class A {\n  NO_DISCARD\n  bool empty() const { return true; }\n};\n", "class A, method A.empty"),
        ("class A : B {\n  Q_OBJECT\n\npublic:\n  int f() { return 1; }\n};\n", "class A, method A.f"),
        ("class ONE_X TWO_X Cart {\n  int f() { return 1; }\n};\n", "class Cart, method Cart.f"),
        (
            "enum E {\n  E_ONE,\n  E_LAST\n};\nint f() { return 1; }\n",
            "enum E, constant E.E_ONE, constant E.E_LAST, function f",
        ),
        ("MY_TYPE\nf (int a)\n{\n  return 1;\n}\n", "function f"),
    ],
)
def test_a_label_on_a_line_of_its_own_hides_nothing(source: str, expected: str) -> None:
    found = [line.rpartition(" ")[0] for line in defined(symbols(source, "m.cpp"))]

    assert ", ".join(found) == expected


def test_an_attribute_is_no_function() -> None:
    found = symbols(
        "extern void leap (int a[1], int b),\n  THROWNL __attribute__ ((__noreturn__));\nint next(void);\n", "m.h"
    )

    assert [one.name for one in found.definitions if one.kind == "prototype"] == ["leap", "next"]


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("m.py", PYTHON, "other_name"),
        ("m.py", PYTHON, "real_name"),
        ("m.c", C, "helper"),
        ("m.cpp", CPP, "helper_of"),
        ("m.js", JAVASCRIPT, "price_of"),
        ("m.ts", TYPESCRIPT, "helper"),
        ("m.tsx", "const a = <Page>{user_name()}</Page>;\n", "user_name"),
        ("m.go", GO, "helper"),
        ("m.rs", RUST, "helper"),
        ("M.java", JAVA, "helper"),
    ],
)
def test_a_use_counts_wherever_code_stands(path: str, source: str, expected: str) -> None:
    assert symbols(source, path).references[expected] == 1


@pytest.mark.parametrize("name", ["not_a_name", "nor_this", "first", "def", "LIMIT"])
def test_comments_texts_keywords_and_definitions_are_no_uses(name: str) -> None:
    assert name not in symbols(PYTHON, "m.py").references


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("m.py", PYTHON, {"os", "shop", "cart", "total"}),
        ("m.c", C, {"shop", "cart"}),
        ("m.js", JAVASCRIPT, {"lib", "prices", "tax"}),
        ("m.go", GO, {"example", "org", "prices"}),
        ("m.rs", RUST, {"crate", "prices", "tax", "other"}),
        ("M.java", JAVA, {"org", "prices", "Tax"}),
    ],
)
def test_the_words_of_imports(path: str, source: str, expected: set[str]) -> None:
    assert symbols(source, path).imports == expected


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("m.py", PYTHON, {"first": "@deco def first(a, b)", "total": "def total(self) -> int"}),
        ("m.c", C, {"name": "static char *name(int a)", "TWICE": "#define TWICE(x) x"}),
        ("m.cpp", CPP, {"twice": "template <typename T> T twice(T x)"}),
        ("m.go", GO, {"Total": "func (c *Cart) Total() int"}),
        (
            "m.go",
            "package a\ntype Cart struct {\n}\nconst (\n\tLimit = 3\n)\nvar First int\ntype Alias = Cart\n",
            {
                "Cart": "type Cart struct",
                "Limit": "const Limit = 3",
                "First": "var First int",
                "Alias": "type Alias = Cart",
            },
        ),
        ("m.ts", TYPESCRIPT, {"first": "export function first(items: Items): State"}),
        ("m.py", f"X = '{'y' * 500}'\n", {"X": f"X = '{'y' * 152}..."}),
    ],
)
def test_a_signature_is_one_bounded_line(path: str, source: str, expected: dict[str, str]) -> None:
    found = {one.name: one.signature.removeprefix("export ") for one in symbols(source, path).definitions}

    assert {name: found[name] for name in expected} == {
        name: text.removeprefix("export ") for name, text in expected.items()
    }


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("m.py", "def whole(): pass\n\ndef half(:\n  (((\n", "whole"),
        ("m.c", "int whole(void) { return 1; }\n}}}} int (\n", "whole"),
        ("m.ts", "function whole() {}\nclass {{{ \n", "whole"),
        ("m.go", "package a\nfunc whole() {}\nfunc ((\n", "whole"),
        ("M.java", "class Whole {}\nclass ((\n", "Whole"),
        ("m.rs", "fn whole() {}\nfn ((\n", "whole"),
    ],
)
def test_a_file_with_errors_gives_what_can_be_read(path: str, source: str, expected: str) -> None:
    found = symbols(source, path)

    assert found.broken
    assert expected in [one.name for one in found.definitions]


@pytest.mark.parametrize(("source", "language"), [("int f(void);\n", "c"), ("class A { public: A(); };\n", "c++")])
def test_a_header_with_words_of_cpp_is_read_as_such(source: str, language: str) -> None:
    assert symbols(source, "m.h").language == language


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("m.js", b"var a=1;" + b"f(a,b);" * 20_000),
        ("m.c", b"\0" * 10_000),
        ("m.h", b"class ABC a" + b" " * 500_000),
        ("m.h", b"class " + b"ABC " * 100_000),
        ("m.py", bytes(range(128, 256)) * 100),
        ("m.py", b""),
        ("m.py", b"\xef\xbb\xbfdef f(): pass\r\n"),
        ("m.py", "def größe(): pass\n".encode()),
    ],
)
def test_odd_bytes_are_no_error(path: str, source: bytes) -> None:
    assert symbols(source, path).lines >= 0


def test_what_one_file_may_define_is_bounded() -> None:
    assert len(symbols("def f(): pass\n" * 10_000, "m.py").definitions) == MOST_DEFINITIONS


def test_names_outside_of_ascii_are_names() -> None:
    assert [one.name for one in symbols("def größe(): pass\n", "m.py").definitions] == ["größe"]


def test_there_is_a_table_for_each_language_and_none_for_others() -> None:
    assert set(GRAMMARS) == set(SUFFIXES.values())
    assert read(b"x", "m.txt") is None
