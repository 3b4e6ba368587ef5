"""What others may call: public names with their signatures."""

from __future__ import annotations

import pytest

from gitbuddy.core.languages import public_api


def api(source: str, path: str, *, imported: bool = False) -> dict[str, str]:
    return dict(public_api(source.encode(), path, imported=imported))


@pytest.mark.parametrize(
    ("source", "path", "expected"),
    [
        ("a = b = 1\nc: int = 2\n_d = 3\n", "m.py", {"a", "b", "c"}),
        ("def f(): ...\nasync def g(): ...\ndef _h(): ...\n", "m.py", {"f", "g"}),
        ("class C:\n    x = 1\n    def m(self): ...\n    def _n(self): ...\n", "m.py", {"C", "C.x", "C.m"}),
        ("class _C:\n    x = 1\n", "m.py", set()),
        ("if True:\n    a = 1\nelse:\n    b = 1\ntry:\n    c = 1\nexcept E:\n    pass\n", "m.py", {"a", "b", "c"}),
        ("(a, [b, *c]) = x\n", "m.py", {"a", "b", "c"}),
        ("from .x import y, z as w\nimport os\n", "m.py", set()),
        ("from .x import y, z as w\n", "p/__init__.py", {"y", "w"}),
    ],
)
def test_public_names_of_python(source: str, path: str, expected: set[str]) -> None:
    assert set(api(source, path)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(a, /, b, c=1, *d, e, g=2, **h): ...", {"f": "def(a, /, b, c=, *d, e, g=, **h)"}),
        ("def f(*, b, a=1): ...", {"f": "def(*, a=, b)"}),
        ("async def f(): ...", {"f": "async def()"}),
        (
            "class C(B, m=M):\n  @property\n  def p(self): ...\n  @staticmethod\n  def s(): ...",
            {"C": "class(B, m=M) made from ()", "C.p": "property def(self)", "C.s": "staticmethod def()"},
        ),
        ("class C:\n  def __init__(self, a, b=1): ...", {"C": "class() made from (a, b=)"}),
        (
            "@dataclass\nclass C:\n  a: int\n  b: int = 1",
            {"C": "class() made from (a, b=)", "C.a": "", "C.b": ""},
        ),
        ("if x:\n  def f(a): ...\nelse:\n  def f(b): ...", {"f": "def(a)\ndef(b)"}),
    ],
)
def test_signatures_of_python(source: str, expected: dict[str, str]) -> None:
    assert api(source, "m.py") == expected


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        (
            "a.go",
            (
                "package a\n\nfunc F(a, b int, c ...string) (int, error) { return 0, nil }\n"
                "func f() {}\nfunc (s *S) M() {}\n"
                "func (s s) M() {}\ntype S struct { A, b int\n T }\n"
                "type I interface { M(x int) int }\nconst (\n  X = 1\n  y = 2\n)\n"
                "var Z int\ntype D int\n"
            ),
            {
                "D": "type type_spec int",
                "F": "func (int, int, ...string) (int, error)",
                "I": "interface_type",
                "I.M": "func (int) (int)",
                "S": "struct_type",
                "S.A": "int",
                "S.M": "pointer func () ()",
                "S.T": "T",
                "X": "",
                "Z": "",
            },
        ),
        (
            "a.rs",
            (
                "pub struct S<T> { pub a: i32, b: u8 }\n"
                "impl<T> S<T> { pub fn f(&self, mut x: i32) -> bool { true } fn g() {} }\n"
                "pub(crate) fn g() {}\npub use a::{b, c as d};\n"
                "pub trait Tr { fn z(&self); }\nimpl Tr for S<u8> { fn z(&self) {} }\n"
                "pub enum E { A(i32), B }\n#[macro_export]\nmacro_rules! m { () => {} }\nmacro_rules! n { () => {} }\n"
                "pub const K: i32 = 1;\npub async fn q() {}\nmod inner { pub fn i() {} }\n"
            ),
            {
                "E": "enum_item",
                "E::A": "( i32 )",
                "E::B": "",
                "K": "",
                "S": "struct_item < T >",
                "S::a": "i32",
                "S::f": "fn (& self, i32) -> bool",
                "Tr": "trait_item",
                "Tr::z": "fn (& self)",
                "b": "",
                "d": "",
                "inner::i": "fn ()",
                "m!": "",
                "q": "async fn ()",
            },
        ),
        (
            "A.java",
            (
                "public class A<T> extends B { protected int x, y; int z; public A(int a) {}\n"
                "public static <U> int f(final String a, int... b) throws E { return 1; "
                "}\n public int f() { return 1; }\n"
                "private void p() {} public enum Q { R, S } }\ninterface Hidden { int m(); }\n"
            ),
            {
                "A": "class_declaration < T > extends B",
                "A.A": "(int)",
                "A.Q": "enum_declaration",
                "A.Q.R": "",
                "A.Q.S": "",
                "A.f": "int ()\nstatic < U > int (String, int...) throws E",
                "A.x": "int",
                "A.y": "int",
            },
        ),
        (
            "a.js",
            (
                "export function f(a, b = 1, {c}, ...d) {}\nfunction g(a) {}\n"
                "export const h = async (x) => x\nexport { g as q, r }\n"
                "export default class A extends B { #p() {} _q() {} "
                "get m() {} static async z(a) {} }\nexport * from './x'\n"
            ),
            {
                "* from ' ./x '": "",
                "default": "class extends B",
                "default.m": "get ()",
                "default.z": "static async (_)",
                "f": "(_, _=, { c }, ...)",
                "h": "async (_)",
                "q": "(_)",
                "r": "",
            },
        ),
        (
            "a.cjs",
            "const f = (a) => a\nfunction g(a, b) {}\nmodule.exports = { f, k: g, m(x) {} }\nexports.z = (a, b) => 1\n",
            {"f": "(_)", "k": "(_, _)", "m": "(_)", "z": "(_, _)"},
        ),
        ("b.cjs", "class A {}\nmodule.exports = A\n", {"module.exports": "class"}),
        (
            "a.ts",
            (
                "export interface I { a: number }\nexport type T = 'a' | 1\n"
                "export class A { private x = 1; constructor(public y: number) {}\n"
                "m<T>(a?: T, b: number = 1): T { return a! } }\nexport declare const z: number\n"
                "export function f(a: string): number\nexport function f(a: number): number\n"
                "export namespace N { export const q = 1 }\n"
            ),
            {
                "A": "class",
                "A.constructor": "(_: number)",
                "A.m": "< T >(_?: T, _: number=): T",
                "I": "interface I { a : number }",
                "N.q": "",
                "T": "type T = ' a ' | 1",
                "f": "(_: number): number\n(_: string): number",
                "z": ": number",
            },
        ),
        (
            "a.c",
            (
                "static int s(void) { return 1; }\n"
                "int *f(const char *a, int b[3], ...) { return 0; }\nint later(int);\n"
                "#ifdef X\nvoid g(void) {}\n#endif\nstruct Q { int a; };\n"
            ),
            {"f": "int * (const char *, int [ 3 ], ...)", "g": "void ()"},
        ),
        (
            "a.h",
            (
                "#ifndef A_H\n#define A_H\n#define MAX(a, b) a\nextern int v;\nint f(int a, const char *b);\n"
                "typedef struct { int x; } T;\nenum E { A, B };\nstruct Q { int a; };\n#endif\n"
            ),
            {
                "A": "",
                "A_H": "",
                "B": "",
                "MAX": "macro of 2",
                "Q": "struct_specifier",
                "Q::a": "int",
                "T": "\nstruct_specifier",
                "T::x": "int",
                "f": "int (int, const char *)",
                "v": "int",
            },
        ),
        (
            "a.hpp",
            (
                "namespace n { class A : public B { int p; public: A(int x); virtual int f(int a = 1) const; int q;\n"
                "template<class T> T h(T t) { return t; } private: int z(); }; }\n"
            ),
            {
                "n::A": "class_specifier : public B",
                "n::A::A": "(int)",
                "n::A::f": "int (int =) const",
                "n::A::h": "< class T > T (T)",
                "n::A::q": "int",
            },
        ),
        (
            "a.cpp",
            (
                "int n::A::f(int a) const { return 1; }\nnamespace { int hidden() { return 1; "
                "} }\nnamespace n { int seen(int a) { return 1; } }\n"
            ),
            {"n::seen": "int (int)"},
        ),
    ],
)
def test_public_names_of_other_languages(path: str, source: str, expected: dict[str, str]) -> None:
    assert api(source, path) == expected


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.go", "package a\nfunc F(a, b int) {}\n", "package a\n\nfunc F(x int, y int) { // x\n}\n"),
        ("a.rs", "pub fn f(a: i32) {}\n", "pub fn f(b: i32,) {\n}\n"),
        (
            "A.java",
            "public class A { public void f(int a) {} }",
            "public class A { public void f(/* x */ final int b) {} }",
        ),
        ("a.ts", "export const f = (a: number) => a\n", "export function f(b: number) { return b }\n"),
        ("a.c", "int f(char *a) { return 1; }\n", "int f(char* b /* it */)\n{ return 1; }\n"),
    ],
)
def test_names_of_parameters_and_layout_are_nobodys_business(path: str, before: str, after: str) -> None:
    assert api(before, path) == api(after, path)


@pytest.mark.parametrize("path", ["a.py", "a.go", "a.ts", "a.c"])
def test_what_cannot_be_read_is_a_value_error(path: str) -> None:
    with pytest.raises(ValueError, match="line 1"):
        api(")", path)


def test_what_a_module_imports_may_count_too() -> None:
    assert api("from new import f\n", "m.py", imported=True) == {"f": ""}
