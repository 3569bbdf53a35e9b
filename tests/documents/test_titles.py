"""Which titles in the metadata of documents are titles."""

import pytest

from documents.titles import is_title


@pytest.mark.parametrize(
    "title",
    [
        *("Moby-Dick", "Catch-22", "1Q84", "Fahrenheit 451", "2001: A Space Odyssey", "It", "V."),
        *(
            "Document of a Life",
            "Die Seite der Unbekannten",
            "Untitled Love Songs",
            "Ohne Titelheld",
        ),
        *("Война и мир", "三体", "O título que faltava", "Microsoft Word for Beginners"),
        *("Word by Word", "What is www.example.com?", "Node.js in Action", "C++", "A/B Testing"),
        *(
            "The Index of Leading Indicators",
            "Bücher, Bücher",
            "J. R. R. Tolkien: A Life",
            "[Sic]!",
        ),
        *("ΙΛΙΑΔΑ", "deadbeef", "Feedface Facade", "Chapter and Verse", "Scan of the Brain"),
    ],
)
def test_a_title_that_a_person_gave_is_one(title):
    assert is_title(title)


@pytest.mark.parametrize(
    "title",
    [
        *("", " ", "-", "1984", "978-3-16-148410-0", "12.05.2021", "…"),
        *("untitled", "Untitled-1", "Untitled 2", "UNTITLED DOCUMENT", "“Untitled”", "Document1"),
        *(
            "Document (3)",
            "Layout 1",
            "Slide 1",
            "index",
            "Microsoft Word",
            "pdfTeX",
            "Normal.dotm",
        ),
        *("Unbenannt", "Ohne Titel 1", "Dokument2", "Neues Dokument", "PowerPoint-Präsentation"),
        *("Sans titre", "Sans titre - 2", "Présentation PowerPoint", "Document sans titre"),
        *("Sin título", "Documento1", "Presentación de PowerPoint", "Senza titolo", "Naamloos"),
        *("Без названия", "Документ1", "无标题", "名称未設定 1", "無題", "Bez tytułu", "Namnlös"),
        *(
            "Microsoft Word - report_final.doc",
            "Microsoft Word – Kapitel 3",
            "Word - x",
            "a b.docx",
        ),
        *("Microsoft PowerPoint - talk", "book.indd", "C:\\Users\\ann\\book", "/home/ann/book"),
        *("https://example.com/a", "www.example.com", "file:///tmp/x", "report_final_v2", "a_b.c"),
        *("d41d8cd98f00b204e9800998ecf8427e", "123e4567-e89b-12d3-a456-426614174000"),
        *("IMG_2034", "DSC01234", "scan0001", "Scan 2021-03-04 12.30", "Screenshot 2024-01-02"),
        *(
            "[Title]",
            "<title>",
            "{{ title }}",
            "[Dokumenttitel]",
            "Click to edit Master title style",
        ),
    ],
)
def test_what_a_program_filled_in_is_none(title):
    assert not is_title(title)


@pytest.mark.parametrize("sign", ["a", "_", "a_", " 1", "[", "1.", "img_1", "-", "word - "])
def test_a_long_title_is_looked_at_in_time_that_grows_with_its_length(sign):
    is_title(sign * 200_000)
