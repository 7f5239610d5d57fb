"""What `postern import` cannot read, and what it says then."""

import subprocess

import pytest

WRONG = {
    "nothing": ("", 1, "model_list"),
    "another file": ("services:\n  web:\n    image: x\n", 1, "model_list"),
    "an empty list": ("a: 1\nmodel_list: []\n", 2, "model_list"),
    "a mapping as the list": ("model_list:\n  gpt: x\n", 1, "model_list"),
    "no name": ("model_list:\n  - litellm_params: {model: x}\n", 2, "model_name"),
    "no parameters": ("model_list:\n  - model_name: x\n", 2, "litellm_params"),
    "no model": ("model_list:\n  - model_name: x\n    litellm_params: {a: b}\n", 3, "no model"),
    "a tab": ("model_list:\n\t- model_name: x\n", 2, "tab"),
    "a key twice": (
        "model_list:\n  - model_name: x\n    model_name: y\n    litellm_params: {model: z}\n",
        3,
        "line 2",
    ),
    "an unknown alias": ("model_list: *nothing\n", 1, "*nothing"),
    "a recursive alias": ("model_list: &a\n  - *a\n", 2, "*a"),
    "an open bracket": ("model_list: [\n", 2, "invalid"),
    "an open quote": ('model_list:\n  - model_name: "x\n', 3, "invalid"),
    "two documents": (
        "model_list:\n  - {model_name: x, litellm_params: {model: y}}\n---\nx: 1\n",
        3,
        "second document",
    ),
    "a list as a key": ("? [a, b]\n: c\n", 1, "not a text"),
    "deep": ("a: " + "[" * 100 + "]" * 100 + "\n", 1, "deeply"),
    "a wrong fallback": (
        "model_list:\n  - {model_name: x, litellm_params: {model: y}}\n"
        "router_settings:\n  fallbacks: [x]\n",
        4,
        "MODEL: [MODEL",
    ),
}


@pytest.mark.parametrize(("yaml", "line", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_named_with_its_line(postern, tmp_path, yaml, line, words):
    file = tmp_path / "config.yaml"
    file.write_text(yaml)
    done = postern("import", file)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"{file}:{line}: "), done.stderr
    assert words in done.stderr


def test_bytes_of_any_kind(postern):
    for data in [
        b"\xff\xfe\x00",
        b"\x00",
        b"model_list: \x01",
        b"%YAML 9.9\n---\n",
        b"!!x [",
        b"&a",
    ]:
        assert postern("import", "-", stdin=data).returncode == 1
    bomb = "a0: &a0 [x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30)
    )
    bomb += "m0: &m0 {k0: 1}\n" + "".join(
        f"m{i}: &m{i}\n  <<: [{', '.join([f'*m{i - 1}'] * 9)}]\n  k{i}: 1\n" for i in range(1, 30)
    )
    model = "model_list: [{model_name: x, litellm_params: {model: y, seed: *a29}}]\n"
    assert postern("import", "-", stdin=bomb + model).returncode in (0, 1)


def test_usage(postern, tmp_path):
    assert postern("import").returncode == 2
    assert postern("import", "a", "b").returncode == 2
    done = postern("import", tmp_path / "none.yaml")
    assert (done.returncode, done.stdout) == (1, "")
    assert "none.yaml: No such file" in done.stderr
    assert "LiteLLM" in postern("help", "import").stdout


def test_without_libyaml(binary, tmp_path):
    """The library is loaded by this command only, and its absence is explained."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
        pytest.skip("mount namespaces are not for us")
    linked = subprocess.run(["readelf", "-d", binary], capture_output=True, text=True).stdout
    assert "libyaml" not in linked
    script = """
        library=$(ldconfig -p | sed -n 's/.*libyaml-0.so.2 .*=> //p' | head -1)
        mount --bind /dev/null "$library" || exit 9
        "$0" import "$1"
    """
    file = tmp_path / "config.yaml"
    file.write_text("model_list: []\n")
    done = subprocess.run(
        ["unshare", "-rm", "bash", "-c", script, binary, file], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "apt install libyaml-0-2" in done.stderr
