"""What test runners write and print: real forms, cut to what matters."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape


def event(action: str, test: str = "", output: str = "", package: str = "m") -> str:
    fields = {"Action": action, "Package": package, "Test": test, "Output": output}
    return json.dumps({key: value for key, value in fields.items() if value}) + "\n"


def ended(action: str, test: str) -> str:
    """A test's end as the test program prints it, and the event made of it."""
    return event("output", test, f"--- {action.upper()}: {test} (0.00s)\n") + event(action, test)


OK = event("output", output="ok  \tm\t0.1s\n") + event("pass")
RED = event("output", output="FAIL\tm\t0.1s\n") + event("fail")
LIB = "     Running unittests src/lib.rs (target/debug/deps/my_crate-8c1a648309b03e4d)\n\n"
OUT = "     Running tests/it.rs (target/debug/deps/it-67ad79ab5d98f2fc)\n\n"
DOC = "   Doc-tests my_crate\n\n"
EMPTY = LIB + "running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n"


def listed(*lines: str, count: int | None = None, result: str) -> str:
    """`result`: passed, failed, ignored."""
    passed, failed, ignored = result.split()
    total = len(lines) if count is None else count
    tests = "".join(f"{line}\n" for line in lines)
    ending = f"{passed} passed; {failed} failed; {ignored} ignored; 0 measured; 0 filtered out; finished in 0.00s"
    return f"running {total} test{'' if total == 1 else 's'}\n{tests}\ntest result: ok. {ending}\n\n"


GTEST = "Running main() from gtest_main.cc\n[==========] Running 1 test from 1 test suite.\n[ RUN      ] A.b\n"
GTEST_END = "[       OK ] A.b (0 ms)\n[==========] 1 test from 1 test suite ran. (0 ms total)\n[  PASSED  ] 1 test.\n"


def ctested(status: str, inner: str = "", output: str = "") -> bytes:
    case = f'<testcase name="A.b" classname="A.b" time="0.1" status="{status}">{inner}'
    return f"<testsuite>{case}<system-out>{escape(output)}</system-out></testcase></testsuite>".encode()


SUREFIRE = b"""<?xml version="1.0" encoding="UTF-8"?>
<testsuite version="3.0" name="org.ex.CalcTest(gitbuddy-0a1b2c)" time="0.003" tests="5" errors="1" skipped="1">
  <properties><property name="basedir" value="/x"/></properties>
  <testcase name="ok" classname="org.ex.CalcTest(gitbuddy-0a1b2c)" time="0.013"/>
  <testcase name="bad" classname="org.ex.CalcTest(gitbuddy-0a1b2c)" time="0.01">
    <failure message="expected: &lt;4&gt; but was: &lt;3&gt;" type="E"><![CDATA[E: at CalcTest.java:8]]></failure>
  </testcase>
  <testcase name="par(int)[1]" classname="org.ex.CalcTest(gitbuddy-0a1b2c)" time="0.01"/>
  <testcase name="skip" classname="org.ex.CalcTest(gitbuddy-0a1b2c)" time="0"><skipped message="why"/></testcase>
  <testcase name="" classname="org.ex.BrokenTest(gitbuddy-0a1b2c)" time="0"><error type="E">no set up</error></testcase>
</testsuite>"""


VITEST = b"""<testsuites><testsuite name="test/a.test.ts">
<testcase classname="test/a.test.ts" name="outer &gt; deep"></testcase>
<testcase classname="test/a.test.ts" name="todo"><skipped/></testcase>
</testsuite><testsuite name="test/c.test.ts">
<testcase classname="test/c.test.ts" name="test/c.test.ts"><failure message="Cannot find module"/></testcase>
</testsuite></testsuites>"""


def written(*objects: object) -> bytes:
    return "".join(f"{json.dumps(value)}\n" for value in objects).encode()
