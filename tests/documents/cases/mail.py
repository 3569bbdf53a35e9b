"""Cases of mail, and of web pages that were saved as one file."""

from tests.documents.cases import Case

HEAD = "From: Ann <ann@example.org>\nTo: bob@example.org\nSubject: {}\nMIME-Version: 1.0\n"
PLAIN = HEAD.format("=?utf-8?B?R3LDvMOfZQ==?=") + (
    "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
)
GERMAN = """Hallo,

das ist sch=F6n.

Am 3. Mai 2023 um 10:00 schrieb Bob
<bob@example.org>:

> Wie geht es dir?
>> Und davor?

Ja.

--=20
Ann
Tel 123
"""
ENGLISH = """Dear Bob,

it is fine.

-----Original Message-----
From: Bob
Sent: Monday

How are you?
"""
MIXED = (
    HEAD.format("Report")
    + """Content-Type: multipart/mixed; boundary="B"

--B
Content-Type: multipart/alternative; boundary="C"

--C
Content-Type: text/plain; charset=utf-8

See the whole report below.
--C
Content-Type: text/html; charset=utf-8

<p>See <b>the whole report</b> below.</p>
--C--
--B
Content-Type: application/pdf; name="=?utf-8?Q?Bericht_M=C3=A4rz.pdf?="
Content-Disposition: attachment; filename="=?utf-8?Q?Bericht_M=C3=A4rz.pdf?="
Content-Transfer-Encoding: base64

AAAA
--B
Content-Type: message/rfc822

From: carl@example.org
Subject: Earlier

The inner text.
--B--
"""
)
RICH = (
    HEAD.format("Rich")
    + """Content-Type: text/html; charset=windows-1251
Content-Transfer-Encoding: 8bit

<div>Привет!</div><div class="gmail_quote"><div class="gmail_attr">Anna wrote:</div>
<blockquote type="cite">Раньше.</blockquote></div>
"""
)
SAVED = """From: <Saved by Blink>
Snapshot-Content-Location: https://example.com/
Subject: The Page
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="B"

--B
Content-Type: text/html
Content-Transfer-Encoding: quoted-printable

<html><body><nav><a href=3D"/">Home</a></nav><article><h1>The Page</h1><p>It is =E2=80=9Clate=
=E2=80=9D here, and nobody is left in the house but the cat.</p></article></body></html>
--B
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://example.com/a.png

AAAA
--B--
"""

CASES = [
    Case(
        "Mail",
        "quoted mail and a signature",
        "mail.eml",
        lambda: PLAIN + GERMAN,
        spoken="Hallo,\n\ndas ist schön.\n\nJa.",
        title="Grüße",
        shown=(
            ("navigation", "> Wie geht es dir?"),
            ("navigation", "schrieb Bob"),
            ("navigation", "Tel 123"),
            ("navigation", "From: Ann"),
        ),
    ),
    Case(
        "Mail",
        "a message under the answer",
        "mail.eml",
        lambda: HEAD.format("Re: Hi") + "\n" + ENGLISH,
        spoken="Dear Bob,\n\nit is fine.",
        shown=(("navigation", "How are you?"),),
    ),
    Case(
        "Mail",
        "attached files and messages",
        "mail.eml",
        lambda: MIXED,
        spoken="See the whole report below.\n\nEarlier\n\nThe inner text.",
        notes=("Bericht März.pdf",),
    ),
    Case(
        "Mail",
        "in HTML",
        "mail.eml",
        lambda: RICH.encode("cp1251"),
        spoken="Привет!",
        shown=(("navigation", "Раньше."),),
    ),
    Case(
        "Mail",
        "forwarded, and nothing added",
        "mail.eml",
        lambda: (
            HEAD.format("Fwd: Hi")
            + "\n---------- Forwarded message ---------\nFrom: Bob\nDate: x\nSubject: Hi\n\n"
            "It is late.\n"
        ),
        spoken="It is late.",
        shown=(("navigation", "Subject: Hi"),),
    ),
    Case(
        "Mail",
        "forwarded in HTML by Gmail",
        "mail.eml",
        lambda: (
            HEAD.format("Fwd: Hi") + "Content-Type: text/html\n\n<div>See."
            '<div class="gmail_quote"><div class="gmail_attr">'
            "---------- Forwarded message ---------<br>From: Bob</div>"
            "<p>It is late.</p></div></div>"
        ),
        spoken="See.\n\nIt is late.",
    ),
    Case(
        "Mail",
        "flowed lines",
        "mail.eml",
        lambda: (
            HEAD.format("Hi")
            + "Content-Type: text/plain; format=flowed\n\nThis goes \non here.\nA new line.\n"
        ),
        spoken="This goes on here.\nA new line.",
    ),
    Case(
        "Mail",
        "with pictures in it",
        "mail.eml",
        lambda: (
            "Message-ID: <1@example.org>\n"
            + HEAD.format("Hi")
            + 'Content-Type: multipart/related; boundary="B"\n\n--B\nContent-Type: text/html\n\n'
            "<p>It is late.</p>\n--B\nContent-Type: image/png\nContent-ID: <a>\n\nAAAA\n--B--\n"
        ),
        spoken="It is late.",
        shown=(("navigation", "From: Ann"),),
    ),
    Case(
        "Mail",
        "without a name",
        "message",
        lambda: "Message-ID: <1@example.org>\nFrom: a@example.org\nSubject: Hi\n\nHello.\n",
        spoken="Hello.",
        title="Hi",
    ),
    Case(
        "Mail",
        "encrypted",
        "mail.eml",
        lambda: HEAD.format("x") + "Content-Type: application/pkcs7-mime\n\nAAAA\n",
        refused="protected",
    ),
    Case(
        "Mail",
        "a mailbox",
        "inbox",
        lambda: "From ann@example.org Mon Jan  1 10:00:00 2024\nSubject: x\nFrom: y\n\nHello.\n",
        refused="format mbox",
    ),
    Case(
        "MHTML",
        "a saved page",
        "page.mhtml",
        lambda: SAVED,
        spoken="The Page\n\nIt is “late” here, and nobody is left in the house but the cat.",
        title="The Page",
    ),
    Case(
        "MHTML",
        "known by its content",
        "page.htm",
        lambda: SAVED.replace("\n", "\r\n"),
        holds=("It is “late” here",),
    ),
]
