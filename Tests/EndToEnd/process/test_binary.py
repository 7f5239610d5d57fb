"""The release binary as a file: its size and what it needs."""

import re
import subprocess

import pytest

from repository import ROOT

EXPECTED_LIBRARIES = re.compile(
    r"libc\.so\.6|libm\.so\.6|ld-linux-[\w-]+\.so\.\d"
    r"|libcurl(-gnutls)?\.so\.4|libmicrohttpd\.so\.\d+"
    r"|libgnutls\.so\.\d+|libcrypto\.so\.3|libnettle\.so\.\d+"
)
# Tables that the linker adds if a String is compared, hashed or counted by characters.
UNICODE_TABLES = re.compile(
    r"_swift_stdlib_get(NormData|GraphemeBreakProperty|Composition)|nfc_", re.I
)


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
