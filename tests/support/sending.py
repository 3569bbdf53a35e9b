"""Forms with files as browsers send them, and a document to send."""

EDGE = "the-edge-of-a-part"
CONTENT_TYPE = f"multipart/form-data; boundary={EDGE}"
MARKDOWN = """# The lamp and the harbour

## Arrival

It was late. See https://example.org/notes for more.

```
print("lamp")
```

## The keeper

The keeper listened to the tide.

## Ice

Winter came to the harbour.
"""


def multipart(files: list[tuple[str, bytes]], field: str = "file", **fields: str) -> bytes:
    """The body of a form: fields, then files by name and content."""
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, content in files:
        quoted = name.replace('"', "%22")
        head = f'Content-Disposition: form-data; name="{field}"; filename="{quoted}"\r\n'
        parts.append(f"--{EDGE}\r\n{head}\r\n".encode("utf-8", "surrogatepass") + content + b"\r\n")
    return b"".join((*parts, f"--{EDGE}--\r\n".encode()))
