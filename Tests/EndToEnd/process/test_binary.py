"""The release binary as a file: its size and what it needs."""

import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from repository import ROOT

EXPECTED_LIBRARIES = re.compile(
    r"libc\.so\.6|libm\.so\.6|ld-linux-[\w-]+\.so\.\d"
    r"|libcurl(-gnutls)?\.so\.4|libmicrohttpd\.so\.\d+"
    r"|libgnutls\.so\.\d+|libcrypto\.so\.3|libz\.so\.1|libnettle\.so\.\d+"
)
# Tables that the linker adds if a String is compared, hashed or counted by characters.
UNICODE_TABLES = re.compile(
    r"_swift_stdlib_get(NormData|GraphemeBreakProperty|Composition)|nfc_", re.I
)

# A constant array of a function: the function's name, and the array's number.
CONSTANT_ARRAY = re.compile(r"^(\$\S+)Tv(\d*)_r$", re.M)


def output_of(*command) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def stripped(binary, tmp_path):
    copy = tmp_path / "postern"
    subprocess.run(["strip", "-o", copy, binary], check=True)
    return copy


def test_it_is_small(binary):
    output_of(ROOT / "scripts/size", binary)


def test_it_needs_only_the_expected_libraries(binary):
    needed = re.findall(r"NEEDED.*\[(.+)\]", output_of("readelf", "--dynamic", binary))
    assert needed
    assert not [library for library in needed if not EXPECTED_LIBRARIES.fullmatch(library)]


def test_it_has_no_unicode_tables(binary):
    assert not UNICODE_TABLES.findall(output_of("nm", "--defined-only", binary))


@pytest.mark.parametrize("forbidden", ["/home/", "/root/", "/tmp/"])
def test_its_strings_name_no_folder_of_the_machine_that_built_it(stripped, forbidden):
    assert forbidden.encode() not in stripped.read_bytes()


def test_its_stack_is_not_executable(binary):
    headers = output_of("readelf", "--program-headers", "--wide", binary)
    (stack,) = [line for line in headers.splitlines() if "GNU_STACK" in line]
    assert "RWE" not in stack


def constant_arrays(path: Path, tools: Path) -> dict[str, str]:
    """The constant arrays in an object, each with what it holds. The object is bitcode."""
    text = output_of(tools / "clang", "-w", "-S", "-emit-llvm", "-x", "ir", path, "-o", "-")
    definitions = re.findall(r'^@"(\$\S+Tv\d*_r)" = .*?\bconstant (.*)', text, re.M)
    # Each module has numbers of its own for types and strings.
    return {name: re.sub(r"_tailelems\d+|\.\d+(?= to )", "", held) for name, held in definitions}


def test_modules_agree_on_the_constant_arrays_of_a_function(binary):
    """Swift 6.3 numbers them in an order that may differ between modules, and of each number the
    linker keeps one: the function then reads the wrong array."""
    objects = binary.parent / "postern.product/Objects.LinkFileList"
    if not objects.exists():
        pytest.skip("the binary's objects are not beside it")
    # The compiler's own: other tools may not read its bitcode.
    tools = Path(shutil.which("swift")).resolve().parent
    numbers, places = defaultdict(set), defaultdict(set)
    for path in map(Path, objects.read_text().splitlines()):
        if path.name.endswith(".swift.o"):
            symbols = output_of(tools / "llvm-nm", "--defined-only", "--just-symbol-name", path)
            for function, number in CONSTANT_ARRAY.findall(symbols):
                numbers[function].add(number)
                places[function].add(path)
    assert numbers, "the objects have no constant arrays: has the compiler another name for them?"
    shared = [name for name in numbers if len(numbers[name]) > 1 and len(places[name]) > 1]
    contents = defaultdict(set)
    for path in set().union(*(places[name] for name in shared)):
        for name, held in constant_arrays(path, tools).items():
            contents[name].add(held)
    wrong = [name for name, variants in contents.items() if len(variants) > 1]
    assert wrong == [], "make these arrays `static let`: docs/architecture.md says why"
