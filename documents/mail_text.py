"""Plain text of mail: what its writer wrote, apart from quoted mail and signatures."""

import re
from collections.abc import Iterator

QUOTE = re.compile(r"[ \t]{0,3}(?:>|\|[ \t])")
SIGNATURE = re.compile(r"--[ \t\xa0]?")
FURTHER = re.compile(
    r"[ \t]*-{2,10}[ \t]*(?:Original Message|Ursprüngliche Nachricht|Message d['’]origine|"
    r"Mensaje original|Messaggio originale|Oorspronkelijk bericht|Mensagem original)"
    r"[ \t]*-{2,10}[ \t]*",
    re.IGNORECASE,
)
FORWARDED = re.compile(
    r"[ \t]*-{0,10}[ \t]*(?:Begin forwarded message|(?:Forwarded|Weitergeleitete|Doorgestuurd|"
    r"Mensaje|Messaggio|Mensagem|Message|Vidarebefordrat|Пересылаемое|Wiadomość)[ ]"
    r"(?:message|Nachricht|bericht|reenviado|inoltrato|encaminhada|transféré|meddelande|"
    r"сообщение|przekazana))[ \t]*(?::|-{2,10})[ \t]*",
    re.IGNORECASE,
)
FIELD = re.compile(r"[ \t]*[*_]{0,2}[^\W\d_][\w -]{1,24}[ \t]?:[*_]{0,2}[ \t]*\S")
RULER = re.compile(r"[ \t]*_{20,}[ \t]*")
HEADER = re.compile(r"[*_]{0,2}(?:From|Von|De|Da|Van|От|Från|Fra)[ \t]?:[*_]{0,2}[ \t]")
WROTE = re.compile(
    r"[^\n]{4,400}\b(?:wrote|writes|schrieb|a écrit|écrit|escribió|ha scritto|scrisse|schreef|"
    r"escreveu|napisał\w{0,2}|skrev|пишет|написал\w?|写道|書きました)\b[^\n]{0,200}[:：]\s*",
    re.IGNORECASE,
)
LONGEST_INTRODUCTION = 3  # lines
FOOTER = 8  # lines that a list of mail puts under a message at most


def segments(text: str, *, is_flowed: bool = False) -> Iterator[tuple[str, str]]:
    """Split a text into stretches of the kinds "text" and "navigation".

    `is_flowed` is what the message says: a space at a line's end stands for a line that goes on.
    """
    lines = text.strip("\n").split("\n")
    kinds = list(_kinds(lines))
    start = 0
    for end in range(1, len(lines) + 1):
        if end < len(lines) and kinds[end] == kinds[start]:
            continue
        stretch = "\n".join(lines[start:end]).strip("\n")
        if stretch.strip():
            is_text = kinds[start] == "text"
            yield kinds[start], _unflowed(stretch) if is_flowed and is_text else stretch
        start = end


def _kinds(lines: list[str]) -> list[str]:
    kinds = ["text"] * len(lines)
    after = 0
    for number, line in enumerate(lines):
        if number < after:
            continue
        if FORWARDED.fullmatch(line):
            # What was forwarded is there to be read; only who wrote it, and when, is not.
            after = _end_of_fields(lines, number + 1)
            kinds[number:after] = ["navigation"] * (after - number)
            continue
        if _ends_text(lines, number):
            kinds[number:] = ["navigation"] * (len(lines) - number)
            break
        if QUOTE.match(line):
            kinds[number] = "navigation"
            if number == 0 or kinds[number - 1] != "navigation":
                _mark_introduction(lines, kinds, number)
    _close_gaps(lines, kinds)
    return kinds


def _ends_text(lines: list[str], number: int) -> bool:
    """Whether a signature begins here, or an earlier message that is not marked as quoted."""
    line = lines[number]
    if SIGNATURE.fullmatch(line) or FURTHER.fullmatch(line):
        return True
    following = next((line for line in lines[number + 1 : number + 4] if line.strip()), "")
    is_last = number >= len(lines) - FOOTER
    if number and RULER.fullmatch(line) and (is_last or HEADER.match(following)):
        return True
    # An introduction without marks behind it stands over a whole message.
    return bool(WROTE.fullmatch(line)) and not QUOTE.match(following) and number > 0


def _end_of_fields(lines: list[str], number: int) -> int:
    """Find the line after the lines that say from whom a forwarded message came."""
    while number < len(lines) and not lines[number].strip():
        number += 1
    while number < len(lines) and FIELD.match(lines[number]):
        number += 1
    return number


def _mark_introduction(lines: list[str], kinds: list[str], quote: int) -> None:
    """Mark the line over a quoted message that says who wrote it, and when."""
    last = quote - 1
    while last >= 0 and quote - last <= 2 and not lines[last].strip():
        last -= 1
    first = last
    while first > 0 and last - first < LONGEST_INTRODUCTION - 1 and lines[first - 1].strip():
        first -= 1
    if last < 0 or not lines[last].rstrip().endswith((":", "：")):
        return
    for start in range(last, first - 1, -1):
        introduction = " ".join(lines[start : last + 1])
        has_date = any(map(str.isdigit, introduction)) or "@" in introduction
        if WROTE.fullmatch(introduction) and (has_date or start == last):
            kinds[start:quote] = ["navigation"] * (quote - start)
            if has_date:
                return


def _close_gaps(lines: list[str], kinds: list[str]) -> None:
    """Give empty lines the kind of what stands before them."""
    for number in range(1, len(lines)):
        if not lines[number].strip():
            kinds[number] = kinds[number - 1]


def _unflowed(text: str) -> str:
    return re.sub(r"(?<=[^\n]) \n(?=[^\n])", " ", text)
