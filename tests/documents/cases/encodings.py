"""Cases of texts in old encodings."""

from tests.documents.cases import Case

RUSSIAN = "Утром выпал снег, и дети вышли во двор. Никто не знал, что будет дальше.\n"
CZECH = "Příliš žluťoučký kůň se napil vody a šel domů. Večer už bylo ticho.\n"
KOREAN = "그는 아침에 일찍 일어나서 물을 마시고 밖으로 나갔다.\n"
CUES = "1\n00:00:01,000 --> 00:00:02,000\n{}\n\n2\n00:00:03,000 --> 00:00:04,000\nDa.\n"


def page(text: str, encoding: str, head: str = "") -> bytes:
    made = f"<html><head>{head}<title>T</title></head><body><p>{text}</p></body></html>"
    return made.encode(encoding)


CASES = [
    *(
        Case(
            "Encodings", name, f"{name}.txt", lambda t=text, e=name: t.encode(e), holds=(text[:-1],)
        )
        for name, text in (
            ("cp1251", RUSSIAN),
            ("koi8-r", RUSSIAN),
            ("cp866", RUSSIAN),
            ("cp1250", CZECH),
            ("iso8859-2", CZECH),
            ("cp949", KOREAN),
            ("utf-16-le", RUSSIAN),
            ("utf-16-be", KOREAN),
            ("cp1253", "Το πρωί έπεσε χιόνι και τα παιδιά βγήκαν στην αυλή.\n"),
            ("cp1255", "בבוקר ירד שלג והילדים יצאו אל החצר של הבית.\n"),
            ("cp1256", "في الصباح سقط الثلج وخرج الأطفال إلى ساحة البيت.\n"),
            ("cp1254", "Sabah kar yağdı ve çocuklar bahçeye çıktı. Şimdi her yer çok güzeldi.\n"),
            ("big5", "早上下了雪，孩子們都到院子裡去了。沒有人知道會發生什麼。\n"),
            ("gb18030", "早上下了雪，孩子们都到院子里去了。没有人知道会发生什么。\n"),
            ("euc-jp", "朝、雪が降って、子供たちは庭に出ました。\n"),
            ("iso2022-jp", "朝、雪が降って、子供たちは庭に出ました。\n"),
            (
                "mac-roman",
                "L’été dernier, il a été très étonné de voir la forêt près de l’église.\n",
            ),
        )
    ),
    Case(
        "Encodings",
        "subtitles",
        "a.srt",
        lambda: CUES.format("Доброе утро, как вы?").encode("cp1251"),
        holds=("Доброе утро, как вы?",),
    ),
    Case(
        "Encodings",
        "a page that says Latin 1 and means Windows-1252",
        "a.html",
        lambda: page("“Für 5 €”, sagte er – und ging.", "cp1252", "<meta charset='iso-8859-1'>"),
        holds=("“Für 5 €”, sagte er – und ging.",),
    ),
    Case(
        "Encodings",
        "a page that says GB2312 and holds more",
        "b.html",
        lambda: page(
            "朱镕基先生来了，他说了一些话。",
            "gb18030",
            '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">',
        ),
        holds=("朱镕基先生来了，他说了一些话。",),
    ),
    Case(
        "Encodings",
        "a declaration far down in the head",
        "c.html",
        lambda: page(
            "Zażółć gęślą jaźń.", "iso8859-2", f"<!--{'x' * 9000}--><meta charset=ISO-8859-2>"
        ),
        holds=("Zażółć gęślą jaźń.",),
    ),
    Case(
        "Encodings",
        "a page that says UTF-8 and is not",
        "d.html",
        lambda: page(RUSSIAN, "cp1251", "<meta charset='utf-8'>"),
        holds=("Утром выпал снег",),
    ),
    Case(
        "Encodings",
        "a page that says Latin 1 and is UTF-8",
        "e.html",
        lambda: page(CZECH, "utf-8", "<meta charset='latin1'>"),
        holds=("Příliš žluťoučký kůň",),
    ),
    Case(
        "Encodings",
        "bytes that cannot be read are told",
        "f.txt",
        lambda: CZECH.encode() * 3 + b"\xff and \xfe. " + CZECH.encode(),
        holds=("Příliš žluťoučký kůň",),
        notes=("2 characters could not be read.",),
    ),
    *(
        Case(
            "Encodings",
            f"{codec} without a mark",
            "wide.txt",
            lambda codec=codec: "Zażółć gęślą jaźń.".encode(codec),
            spoken="Zażółć gęślą jaźń.",
        )
        for codec in ("utf-32-le", "utf-32-be")
    ),
    Case(
        "Encodings",
        "UTF-8 that was encoded twice",
        "twice.txt",
        lambda: (
            "„Für die Bücher“, sagte er – dreimal".encode().decode("cp1252", "replace").encode()
        ),
        holds=("Bücher",),
    ),
    Case(
        "Encodings",
        "zeros behind a text",
        "padded.txt",
        lambda: b"It was late.\n" + b"\0" * 400,
        spoken="It was late.",
    ),
    Case(
        "Encodings",
        "a few bytes of another encoding in UTF-8",
        "mixed.txt",
        lambda: "Für die Bücher. ".encode() * 3 + "Größe".encode("cp1252"),
        holds=("Für die Bücher. Für",),
        notes=("2 characters could not be read.",),
    ),
    Case(
        "Encodings", "zeros that are no text", "g.txt", lambda: b"MZ\0\1\2\0\0\3" * 40, refused=" "
    ),
]
