"""Style sheets and scripts keep to Chromium 109, type and colour to the tokens (STACK.md, FACE.md)."""

import re
from pathlib import Path

import tinycss2
from tinycss2.ast import AtRule, Node, ParseError, QualifiedRule

ROOT = Path(__file__).resolve().parent.parent.parent
SHEETS = sorted((ROOT / "static" / "css").rglob("*.css"))
PAGE_SHEETS = [path for path in SHEETS if "papers" not in path.relative_to(ROOT).parts]
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))

#: At-rules and properties that came after Chromium 109 (or are not wanted), and functions of values.
NEW_AT_RULES = {"scope", "starting-style", "position-try", "view-transition", "function", "nest"}
NEW_PROPERTIES = {
    "text-wrap", "text-wrap-style", "text-spacing-trim", "field-sizing", "view-transition-name",
    "anchor-name", "position-anchor", "interpolate-size", "animation-timeline", "font-size-adjust",
}  # fmt: skip
NEW_VALUES = re.compile(
    r"\b(color-mix|oklch|oklab|lch|lab|light-dark|color|anchor|sibling-index|linear)\(|\bsubgrid\b|\bcontent-visibility\b"
)
NEW_SELECTORS = re.compile(r":has\(|:user-(in)?valid|:state\(|:popover-open|:open\b")
NEW_SCRIPT = re.compile(
    r"\.(toSorted|toReversed|toSpliced|with)\(|Object\.groupBy|Map\.groupBy|Promise\.(withResolvers|try)"
    r"|Array\.fromAsync|startViewTransition|showPopover|\.isSubsetOf\(|\.union\(|URL\.(parse|canParse)\("
    r"|\beval\(|new Function\(|innerHTML|insertAdjacentHTML|document\.write"
)


def _rules(nodes: list[Node]) -> list[tuple[QualifiedRule, list[Node]]]:
    """Every style rule, also those inside @media, @container and @supports."""
    found = []
    for node in nodes:
        if isinstance(node, QualifiedRule):
            found.append((node, node.content))
        elif (
            isinstance(node, AtRule)
            and node.content is not None
            and node.lower_at_keyword != "page"
        ):
            inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
            found += _rules(inner)
    return found


def _faults(css: str) -> list[str]:
    """What of a style sheet an older browser would not understand."""
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    found = [
        f"@{node.at_keyword}"
        for node in nodes
        if isinstance(node, AtRule) and node.lower_at_keyword in NEW_AT_RULES
    ]
    found += [f"unreadable: {node.message}" for node in nodes if isinstance(node, ParseError)]
    for rule, content in _rules(nodes):
        selector = tinycss2.serialize(rule.prelude).strip()
        if NEW_SELECTORS.search(selector):
            found.append(f"selector {selector}")
        if any(getattr(token, "type", "") == "{} block" for token in content):
            found.append(f"nesting in {selector}")
        for declaration in tinycss2.parse_blocks_contents(
            content, skip_comments=True, skip_whitespace=True
        ):
            if declaration.type != "declaration":
                continue
            value = tinycss2.serialize(declaration.value)
            if declaration.lower_name in NEW_PROPERTIES or NEW_VALUES.search(value):
                found.append(f"{declaration.lower_name}: {value.strip()} in {selector}")
    return found


def test_style_sheets_keep_to_the_floor() -> None:
    assert {
        path.name: faults
        for path in SHEETS
        if (faults := _faults(path.read_text(encoding="utf-8")))
    } == {}


def test_the_check_sees_what_is_too_new() -> None:
    assert _faults("a { color: red; & b { color: blue; } }") == ["nesting in a"]
    assert _faults("@media print { a { .b { color: blue } } }") == ["nesting in a"]
    assert _faults("a { color: color-mix(in srgb, red, blue) }") == [
        "color: color-mix(in srgb, red, blue) in a"
    ]
    assert _faults("a { color: light-dark(#000, #fff) }") == ["color: light-dark(#000, #fff) in a"]
    assert _faults("a { color: oklch(0.5 0.1 20) }") == ["color: oklch(0.5 0.1 20) in a"]
    assert _faults("a:has(b) { color: red }") == ["selector a:has(b)"]
    assert _faults("@scope (a) { b { color: red } }") == ["@scope"]
    assert _faults("@container (max-width: 1px) { a { color: red } } a:is(b, c) { inset: 0 }") == []


def test_scripts_keep_to_the_floor_and_to_the_policy() -> None:
    found = {
        path.name: m.group()
        for path in SCRIPTS
        if (m := NEW_SCRIPT.search(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_only_the_six_sizes_and_two_weights_are_used() -> None:
    allowed_sizes = re.compile(
        r"^var\(--size-(figure|title|head|text|table|note|lead)\)$|^inherit$|^10\.5pt$"
    )
    # The letterhead of the sign-in page is a drawn title of its own size (FACE.md, screen 6).
    exceptions = {("masthead.css", "2.625rem")}
    found = []
    for path in PAGE_SHEETS:
        for _, content in _rules(
            tinycss2.parse_stylesheet(
                path.read_text(encoding="utf-8"), skip_comments=True, skip_whitespace=True
            )
        ):
            for declaration in tinycss2.parse_blocks_contents(
                content, skip_comments=True, skip_whitespace=True
            ):
                if declaration.type != "declaration":
                    continue
                value = tinycss2.serialize(declaration.value).strip()
                if declaration.lower_name == "font-size" and not allowed_sizes.match(value):
                    found.append((path.name, value))
                if declaration.lower_name == "font-weight" and value not in {
                    "400",
                    "700",
                    "inherit",
                }:
                    found.append((path.name, value))
    assert set(found) == exceptions


def test_colours_are_written_in_the_tokens_only() -> None:
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")
    found = {
        path.name: colour.findall(path.read_text(encoding="utf-8"))
        for path in PAGE_SHEETS
        if path.name != "tokens.css" and colour.search(path.read_text(encoding="utf-8"))
    }
    assert found == {}


def test_no_shadow_no_gradient() -> None:
    # An inset edge without blur is a line drawn inside a cell, not a shadow.
    decoration = re.compile(
        r"box-shadow:(?!\s*(?:none|inset -?\d+(?:px)? -?\d+(?:px)? 0 var\())"
        r"|text-shadow|gradient\(|backdrop-filter|text-transform"
    )
    assert [p.name for p in PAGE_SHEETS if decoration.search(p.read_text(encoding="utf-8"))] == []
    assert decoration.search("a { box-shadow: 0 1px 2px var(--ink); }")
    assert not decoration.search("a { box-shadow: inset 3px 0 0 var(--action); }")
