"""Cases of web pages: what belongs to the article, what stands around it, and odd markup."""

from tests.documents.cases import Case

ONE = "The harbour was quiet that morning, and nobody had seen the lamp burn since the keeper left."
TWO = "In the evening a boat came in, and the old man on the pier said that it was his daughter's."
THREE = "She had been away for eleven years and brought a box of letters that he had never sent."
STORY = f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>"
SAID = (ONE, TWO, THREE)
OTHER = "The mayor opened the new bridge on Friday with a speech that lasted an hour and a half."
RAIN = "Heavy rain is expected over the weekend in all parts of the county, with a risk of floods."
LIST = "".join(
    f'<li><a href="/{n}">Another story, number {n}, with a headline as long as those are</a></li>'
    for n in range(6)
)


def page(body: str, title: str = "The Lamp", head: str = "") -> str:
    """A page with this body."""
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


def article(inside: str = "", after: str = "") -> str:
    """A page with an article, something at its end and something after it."""
    return page(f"<article><h1>The Lamp</h1>{STORY}{inside}</article>{after}")


def beside(name: str, kind: str, around: str, piece: str) -> Case:
    """A case in which what stands beside a story is left out and shown as a kind."""
    return Case(
        "Beside an article",
        name,
        "page.html",
        lambda: page(f'<div><div class="story"><h1>The Lamp</h1>{STORY}</div>{around}</div>'),
        holds=SAID,
        lacks=(piece,),
        shown=((kind, piece),),
    )


def whole(name: str, body: str, *holds: str) -> Case:
    """A case of a page that is no article and is text nevertheless."""
    return Case("No article", name, "page.html", lambda: page(body), holds=holds)


def odd(name: str, made: str | bytes, *holds: str) -> Case:
    """A case of odd markup in which the text is there all the same."""
    return Case("Odd markup", name, "page.html", lambda: made, holds=holds)


BESIDE = [
    beside(
        "comments",
        "comment",
        f'<div class="comment-list"><div class="comment-body"><p>{OTHER}</p></div></div>',
        OTHER,
    ),
    beside(
        "comments of a script", "comment", f'<div id="disqus_thread"><p>{OTHER}</p></div>', OTHER
    ),
    beside(
        "more stories in full sentences",
        "teaser",
        f'<div class="more-stories"><h3>Bridge</h3><p>{OTHER}</p><h3>Rain</h3><p>{RAIN}</p></div>',
        RAIN,
    ),
    beside(
        "names in camel case", "teaser", f'<div class="relatedStories"><p>{OTHER}</p></div>', OTHER
    ),
    beside("advertisement", "teaser", f'<div class="ad-slot"><p>{OTHER}</p></div>', OTHER),
    beside("a list of headlines", "teaser", f"<ul>{LIST}</ul>", "Another story, number 3"),
    beside(
        "a cookie box",
        "navigation",
        f'<div class="cookie-consent"><p>We value you. {OTHER}</p></div>',
        "We value you.",
    ),
    beside(
        "a newsletter box",
        "navigation",
        '<div class="newsletter"><p>Get our letter every morning, for free.</p></div>',
        "every morning",
    ),
    beside(
        "share links", "navigation", '<div class="share"><a href="#">Share this</a></div>', "Share"
    ),
    beside(
        "a prompt to pay",
        "navigation",
        '<div class="paywall"><p>Subscribe to go on reading for one euro a week.</p></div>',
        "one euro a week",
    ),
    beside(
        "the author's life",
        "navigation",
        '<div class="author-bio"><p>Ada Holm writes, and has for twenty years.</p></div>',
        "twenty years",
    ),
    beside(
        "the copyright notice",
        "navigation",
        "<div><p>Copyright of this paper and its licensors. All rights reserved.</p></div>",
        "its licensors",
    ),
    Case(
        "Beside an article",
        "a hint at another story between paragraphs",
        "page.html",
        lambda: article(f'<p>READ MORE: <a href="/x">{OTHER}</a></p><p>{RAIN}</p>'),
        holds=(*SAID, RAIN),
        lacks=(OTHER,),
        shown=(("teaser", OTHER),),
    ),
    Case(
        "Beside an article",
        "a short article beside many links",
        "page.html",
        lambda: page(
            f'<div><h1>The Lamp</h1><p>{ONE}</p></div><div class="r"><ul>{LIST}</ul></div>'
            "<div class='foot'><p>Copyright of this paper. No part may be copied.</p></div>"
        ),
        spoken=f"The Lamp\n\n{ONE}",
    ),
    Case(
        "Beside an article",
        "notes, captions, tables and code stay what they are",
        "page.html",
        lambda: article(
            "<figure><img src='a.png'><figcaption>A lamp in the dark.</figcaption></figure>"
            f"<pre>light()</pre><table><tr><th>Height</th><td>12</td></tr></table><p>{RAIN}</p>"
            "<ol class='footnotes'><li id='fn1'>See the book about lamps.</li></ol>"
        ),
        holds=(*SAID, RAIN),
        lacks=("in the dark", "light()", "Height", "book about lamps"),
        shown=(
            ("caption", "in the dark"),
            ("code", "light()"),
            ("table", "Height, 12"),
            ("note", "book about lamps"),
        ),
    ),
    Case(
        "Titles of pages",
        "without the name of the site",
        "page.html",
        lambda: page(
            f"<h1>The Herald</h1><div><h2>The Lamp</h2>{STORY}</div>", "The Lamp | The Herald"
        ),
        title="The Lamp",
    ),
    Case(
        "Titles of pages",
        "the main heading stands outside of the article",
        "page.html",
        lambda: page(f"<header><h1>The Lamp</h1></header><main><article>{STORY}</article></main>"),
        spoken="\n\n".join(("The Lamp", *SAID)),
    ),
]
NO_ARTICLE = [
    whole(
        "a recipe",
        "<h1>Soup</h1><h2>Ingredients</h2><ul><li>2 onions</li><li>Salt</li></ul><h2>Method</h2>"
        "<ol><li>Chop the onions.</li><li>Boil them for an hour.</li></ol>",
        "2 onions",
        "Salt",
        "Boil them",
    ),
    Case(
        "No article",
        "a thread of a forum",
        "page.html",
        lambda: page(
            "<h1>Which lamp?</h1>"
            + "".join(f'<div class="comment"><p>{said}</p></div>' for said in (ONE, OTHER, RAIN)),
            head='<meta name="generator" content="Discourse 3.2">',
        ),
        holds=(ONE, OTHER, RAIN),
    ),
    whole(
        "a poem", "<h1>Night</h1><p>Moon<br>on the sea,<br>none<br>but me</p>", "Moon\non the sea"
    ),
    whole("a text in one pre", f"<pre>{ONE}\n{TWO}</pre>", ONE, TWO),
    whole(
        "only a table",
        "<table><tr><th>Day</th><th>Tide</th></tr><tr><td>Mon</td><td>High</td></tr></table>",
        "Mon, High",
    ),
    whole(
        "only links",
        '<a href="/a">First room</a> <a href="/b">Second room</a>',
        "First room",
        "Second",
    ),
    whole(
        "only a menu",
        '<nav><ul><li><a href="/a">Home</a></li><li><a>Tides</a></li></ul></nav>',
        "Tides",
    ),
    whole(
        "bare divisions",
        "<div>Just some text</div><div>Other text<br><br>After</div>",
        "Just",
        "After",
    ),
    whole(
        "a page of a word processor",
        "<!--[if gte mso 9]><xml>JUNK</xml><![endif]--><p class=MsoNormal>Word text<o:p></o:p> "
        "goes on.</p><p><![if !supportLists]><span>1.</span><![endif]>First</p>",
        "Word text goes on.",
        "First",
    ),
    whole(
        "a Japanese page",
        "<p>港は静かでした。</p><p>灯台の明かりは消えていました。</p>",
        "港は静か",
        "消えて",
    ),
]
ODD = [
    odd(
        "processing instruction",
        page(f"<article>{STORY}<?php echo 1; ?><p>{RAIN}</p></article>"),
        *SAID,
        RAIN,
    ),
    odd("instruction without an end", page(f"<p>{ONE}</p><?x <p>{TWO}</p>"), ONE, TWO),
    odd(
        "CDATA and odd comments",
        page(f"<![CDATA[x]]><!-><p>{ONE}</p><!--><p>{TWO}</p><!---->"),
        ONE,
        TWO,
    ),
    odd("broken attributes", page(f"<p class='a\" id=>{ONE}</p><p =x '>{TWO}</p>") + "'>", TWO),
    odd("two bodies", page(f"<p>{ONE}</p><body class='x'><p>{TWO}</p>"), ONE, TWO),
    odd("nothing closed", f"<html><p>{ONE}<p>{TWO}<div><b>{THREE}", *SAID),
    odd("no tags of a page", f"<p>{ONE}", ONE),
    odd("text after the end", page(f"<p>{ONE}</p>") + TWO, ONE, TWO),
    odd(
        "hidden by visibility",
        page(f'<div id="app" style="visibility: hidden">{STORY}</div>'),
        *SAID,
    ),
    odd(
        "hidden by an attribute", page(f"<main hidden>{STORY}</main><nav><a>Home</a></nav>"), *SAID
    ),
    odd("hidden from readers aloud", page(f'<main aria-hidden="true">{STORY}</main>'), *SAID),
    odd(
        "hidden twice", page(f'<div style="display:none"><main hidden>{STORY}</main></div>'), *SAID
    ),
    odd("faded in by a class", page(f'<div class="opacity-0 is-hidden">{STORY}</div>'), *SAID),
    odd("only for browsers without scripts", page(f"<noscript>{STORY}</noscript>"), *SAID),
    odd(
        "only in data for a script",
        page(
            '<div id="root"></div>',
            head='<script type="application/ld+json">{"@type": "Article", "articleBody": "'
            f'{ONE} {TWO}"' + "}</script>",
        ),
        ONE,
        TWO,
    ),
    odd("deep nesting", page("<div><b>" * 5000 + ONE), ONE),
    odd(
        "a tag of many attributes",
        page(f"<p {' '.join(f'a{n}=1' for n in range(5000))}>{ONE}"),
        ONE,
    ),
    Case(
        "Odd markup",
        "a hidden box of consent stays hidden",
        "page.html",
        lambda: article(after=f'<div class="consent" hidden><p>{OTHER} {RAIN} {OTHER}</p></div>'),
        holds=SAID,
        lacks=(OTHER,),
    ),
    Case(
        "Odd markup",
        "what stands behind tabs is shown and not read",
        "page.html",
        lambda: article(inside=f'<div class="tab" hidden><script>run()</script>{OTHER}</div>'),
        holds=SAID,
        lacks=(OTHER, "run()"),
        shown=(("navigation", OTHER),),
    ),
    Case(
        "Odd markup",
        "more elements than can be looked at",
        "page.html",
        lambda: page("<i>a" * 200_001),
        refused="This page is too large",
    ),
    Case(
        "Odd markup",
        "frames",
        "page.html",
        lambda: "<html><frameset cols='1,2'><frame src='menu.html'><frame src='text.html'></html>",
        refused="menu.html, text.html",
    ),
]
CASES = [*BESIDE, *NO_ARTICLE, *ODD]
