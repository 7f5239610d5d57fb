"""Configurations as dictionaries: section -> key -> value."""

from collections.abc import Mapping

Sections = Mapping[str, Mapping[str, object]]


def rendered(sections: Sections) -> str:
    """The text of a configuration file, one blank line between the sections."""
    return "\n".join(
        f"[{section}]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in keys.items())
        for section, keys in sections.items()
    )


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def secrets(sections: Sections) -> set[str]:
    """What no log line may have in it: keys, and the values of headers for backends."""
    found = {
        str(value)
        for keys in sections.values()
        for key, value in keys.items()
        if key == "secret" or key.startswith("header.")
    }
    return {secret.removeprefix("Bearer ") for secret in found if len(secret) >= 8}


def integration(url: str, type: str = "custom", **settings: object) -> dict[str, object]:
    """An integration that is asked once for each message, whatever happened before, so that a
    test sees exactly the attempts that it causes. Settings with a dot in their name are passed
    as `**{...}`."""
    model = {"model": f"{type}-model"} if type in ("openai", "anthropic", "responses") else {}
    return {"type": type, "webhook_url": url, **model, "retries": 0, "breaker": 0, **settings}
