"""Signs of markup in a title; static/js/studio/title_signs.js has the same rules in that order."""

import html
import re

LETTER = "0-9A-Za-z\u00c0-\u024f\u0370-\u052f"
BLOCK_TAGS = (
    "address|article|aside|audio|blockquote|body|br|break|button|center|dd|details|div|dl|dt|"
    "fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|img|input|label|li|link|"
    "main|meta|nav|ol|option|p|pre|section|speak|summary|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
INLINE_TAGS = (
    "a|abbr|b|big|cite|code|del|em|emphasis|font|i|ins|kbd|lang|mark|phoneme|prosody|q|s|samp|"
    "say-as|small|span|strike|strong|sub|sup|time|tt|u|var|voice|w|[a-z]{1,9}:[a-z-]{1,30}"
)
NAMES = (  # that Python writes so
    "all|author|call|class|del|dict|doc|enter|eq|exit|file|future|getattr|getitem|hash|import|"
    "init|iter|len|main|name|new|pycache|repr|setattr|slots|str|version"
)
TAG_END = r"(?:\s[^<>=]{0,60}=[^<>]{0,1000})?\s{0,9}/?>"
TARGET = (
    r"\((?=[^()\s]{0,500}[./#:])[^()\s]{0,500}(?:\([^()\s]{0,200}\)[^()\s]{0,500})?"
    r"(?: \"[^\"\n]{0,300}\")?\)"
)
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});", re.IGNORECASE)


def _sign(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)


# How a text names itself: in its head, in what stands before it, in a heading that it begins with.
OWN = (
    _sign(r"^\s{0,99}<[!?h][\s\S]{0,2000}?<title[^<>]{0,100}>([^<>]{1,300})</title>"),
    _sign(r"^---[ \t]*\n(?:[^\n]{0,300}\n){0,30}?title:[ \t]*[\"']?([^\n]{1,300}?)[\"']?[ \t]*\n"),
    _sign(
        r"^\s{0,99}(?:<[^<>]{1,500}>\s{0,99}){0,9}?<h[1-6]\b[^<>]{0,500}>([\s\S]{1,300}?)</h[1-6]>"
    ),
    _sign(
        r"^\s{0,99}#{1,6}[ \t]+(\S[^\n]{0,300}?)(?:[ \t]+#{1,20})?"
        r"(?:[ \t]*\{[^{}\n]{1,99}\})?[ \t]*$"
    ),
    _sign(r"^\s{0,99}(\S[^\n]{0,300})\n {0,3}(?:={3,99}|-{3,99})[ \t]*$"),
)
# What is left of each sign, after those before it are gone.
SIGNS = (
    (_sign(r"<!--[\s\S]{0,2000}?(?:-->|(?![\s\S]))"), " "),
    (
        _sign(r"<(head|script|style|template)\b[^<>]{0,500}>[\s\S]{0,2000}?(?:</\1>|(?![\s\S]))"),
        " ",
    ),
    (_sign(r"<(?:!doctype|\?xml)[^<>]{0,500}>"), " "),
    (_sign(rf"</?(?:{BLOCK_TAGS}){TAG_END}"), " "),
    (_sign(rf"<(?:{INLINE_TAGS}){TAG_END}(?=\S)|(?<=\S)</(?:{INLINE_TAGS})>"), ""),
    (_sign(r"<((?:https?://|mailto:)[^\s<>]{1,500})>"), r"\1"),
    (_sign(r"^[ \t]{0,40}(?:`{3,20}|~{3,20})[^\n`]{0,100}$"), " "),
    (_sign(r"^[ \t]{0,3}([-*_=])(?:[ \t]{0,9}\1){2,200}[ \t]{0,99}$"), " "),
    (_sign(r"^[ \t]{0,9}\|?[ \t]{0,9}:?-{3,99}:?[ \t]{0,9}\|[-:| \t]{0,300}$"), " "),
    (_sign(r"^[ \t]{0,9}\|[ \t]{0,99}|[ \t]{0,99}\|[ \t]{0,9}$"), " "),
    (
        _sign(
            r"^[ \t]{0,40}(?:(?:>|#{1,6}(?=[ \t])|[-*+](?=[ \t])(?:[ \t]{1,9}\[[ x]\](?=[ \t]))?)"
            r"[ \t]{0,9}){1,20}"
        ),
        "",
    ),
    (_sign(r"\[!(note|tip|important|warning|caution)\]"), r"\1"),
    (_sign(rf"!\[([^\[\]\n]{{0,300}})\]{TARGET}"), r"\1"),
    (_sign(rf"\[([^\[\]\n]{{0,300}})\]{TARGET}"), r"\1"),
    (_sign(rf"(?<![{LETTER}\]])\[([^\[\]\n]{{1,300}})\]\[[^\[\]\n]{{0,100}}\]"), r"\1"),
    (_sign(r"\[\^\d{1,4}\]"), ""),
    (_sign(rf"(?<![{LETTER}`])(`{{1,2}})(?=[^\s`])([^`\n]{{1,300}})\1(?![{LETTER}`])"), r"\2"),
    (
        _sign(
            rf"(?<![{LETTER}*])(\*{{1,3}})(?=[^\s*])([^*\n]{{1,300}}?)(?<=[^\s*])\1(?![{LETTER}*])"
        ),
        r"\2",
    ),
    (
        _sign(
            rf"(?<![{LETTER}_.])(?!__(?:{NAMES})__)(_{{1,3}})(?=[{LETTER}\"'“„«(])"
            rf"([^_\n]{{1,300}}?)(?<=[^\s_])\1(?![{LETTER}_(])"
        ),
        r"\2",
    ),
    (_sign(r"~~(?=[^\s~])([^~\n]{1,300}?)~~"), r"\1"),
    (_sign(rf"(?<![{LETTER}\\:])\\([*#\[\]!.-])"), r"\1"),
)


def own_title(text: str) -> str:
    """The title that a text gives itself at its start, without signs; "" for none."""
    for pattern in OWN:
        if found := pattern.match(text):
            return without_signs(found[1].strip())
    return ""


def without_signs(text: str) -> str:
    """The text without the signs of Markdown and the tags that a title should not show."""
    for pattern, left in SIGNS:
        text = pattern.sub(left, text)
    return ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
