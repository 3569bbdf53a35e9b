"""Forms in the HTML of a page, filled in as they were sent."""

from web.html_forms import Mistake, Sent, filled

PAGE = """<main>
<form method="post" action="/one"><input type="hidden" name="csrf_token" value="fresh">
  <label><span>Name</span><input name="name" value="old" autofocus></label>
  <input name="secret" type="password">
  <select name="kind"><option value="a" selected>A</option><option>b</option></select>
  <input type="hidden" name="loud" value="0"><input type="checkbox" name="loud" value="1" checked>
  <textarea name="text" aria-describedby="hint-text">old</textarea><p id="hint-text">A hint.</p>
  <button>Go</button></form>
<details><summary>More</summary>
  <form method="post" action="/two"><input name="only"></form></details>
<form method="post"><button formaction="/three">Drop</button></form>
</main>"""


def answer(path, mistakes, method="post", **values):
    sent = Sent(path, method, {name: [value] for name, value in values.items()})
    return filled(PAGE, sent, [Mistake(*each) for each in mistakes])


def test_what_was_typed_is_kept_and_a_password_is_not():
    values = {"name": 'a "b" <c>', "secret": "pass", "kind": "b", "loud": "0", "text": "<new>"}
    html = answer("/one", [("kind", "Wrong.")], **values)
    assert 'value="a &quot;b&quot; &lt;c&gt;"' in html
    assert "<option selected>b</option>" in html
    assert '<option value="a">A</option>' in html
    assert '<input type="checkbox" name="loud" value="1">' in html
    assert ">\n&lt;new&gt;</textarea>" in html
    assert 'pass"' not in html
    assert 'name="csrf_token" value="fresh"' in html


def test_each_sentence_stands_behind_its_field_and_the_first_field_is_focused():
    html = answer("/one", [("text", "Too <long>."), ("name", "Too short.")], name="x", text="y")
    assert 'aria-describedby="error-text hint-text"' in html
    assert '</textarea><span class="sentence bad" id="error-text" role="alert">Too &lt;long' in html
    assert '</label><span class="sentence bad" id="error-name" role="alert">Too short.' in html
    assert html.count("autofocus") == 1
    assert 'aria-describedby="error-name" autofocus' in html.replace(' aria-invalid="true"', "")


def test_a_sentence_about_the_whole_form_stands_at_its_beginning_and_is_focused():
    html = answer("/one", [("", "Not now.")], name="x")
    assert '<form method="post" action="/one" data-mistakes=""><span class="sentence bad"' in html
    assert 'role="alert" tabindex="-1" autofocus>Not now.</span>' in html
    assert html.count("autofocus") == 1


def test_a_form_of_one_field_has_its_sentence_there_and_is_unfolded():
    html = answer("/two", [("", "Wrong.")], only="x")
    assert "<details open>" in html
    assert 'name="only" value="x" aria-invalid="true"' in html


def test_a_form_is_found_by_the_address_of_its_button():
    assert "data-mistakes" in answer("/three", [("", "Wrong.")])


def test_without_such_a_form_the_sentence_stands_above_the_page():
    html = answer("/elsewhere", [("name", "Gone.")])
    assert '<main><div class="notice bad" role="alert">Gone.</div>' in html
    assert "data-mistakes" not in html


def test_of_several_forms_to_one_place_the_one_with_the_same_hidden_values_is_meant():
    fields = '<input type="hidden" name="was" value="{0}"><input name="to">'
    page = "".join(map(f'<form method="post" action="/g">{fields}</form>'.format, "abc"))
    html = filled(page, Sent("/g", "post", {"was": ["b"], "to": ["x"]}), [Mistake("to", "No.")])
    assert html.index('value="b"') < html.index("No.") < html.index('value="c"')


def test_fields_outside_of_a_form_belong_to_the_one_they_name():
    page = '<form id="f" method="post" action="/f"></form><input form="f" name="far">'
    html = filled(page, Sent("/f", "post", {"far": ["x"]}), [Mistake("far", "No.")])
    assert 'name="far" value="x" aria-invalid="true"' in html


def test_what_a_page_says_by_itself_is_not_said_twice():
    page = '<form method="post" action="/f"><input name="a"><p id="error-a">No.</p></form>'
    html = filled(page, Sent("/f", "post", {"a": ["x"]}), [Mistake("a", "No.")])
    assert html.count("No.") == 1


def test_forms_bring_the_page_along():
    html = filled(PAGE, Sent("/one", "post", {}), [Mistake("", "No.")], "/page?a=1")
    assert html.count('name="form_page" value="/page?a=1"') == 3
