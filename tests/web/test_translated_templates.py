from jinja2 import DictLoader

from web.translated_templates import TranslatedEnvironment


def environment(app, source):
    made = TranslatedEnvironment(app, loader=DictLoader({"page": source}), autoescape=True)
    made.globals.update(app.jinja_env.globals)
    return made


def rendered(app, made, language="en", **values):
    with app.test_request_context(headers={"Accept-Language": language}):
        return made.get_template("page").render(**values)


def test_each_language_has_its_own_template(app):
    made = environment(app, "{{ _('Play %(name)s', name=name) }}, {{ _('Library') }}")
    assert rendered(app, made, "en", name="Tide") == "Play Tide, Library"
    assert rendered(app, made, "de", name="Tide") == "Tide abspielen, Bibliothek"
    assert rendered(app, made, "en", name="Ebb") == "Play Ebb, Library"


def test_values_are_escaped_and_texts_are_not(app):
    made = environment(app, "{{ _('Play %(name)s', name=name) }} {{ _('there\\'s more') }}")
    assert rendered(app, made, name="<b>") == "Play &lt;b&gt; there's more"


def test_a_text_may_be_part_of_an_expression(app):
    made = environment(app, "{{ {'play': _('Play %(name)s', name='%(name)s')}|tojson }}")
    assert rendered(app, made) == '{"play": "Play %(name)s"}'
    made = environment(app, "{% set said = _('Play %(name)s', name=name) %}{{ [said]|join }}")
    assert rendered(app, made, name="'") == "Play &#39;"


def test_a_per_cent_sign_is_written_twice(app):
    made = environment(app, "{{ _('%(percent)s%% sent', percent=number) }}")
    assert rendered(app, made, number=5) == "5% sent"


def test_a_text_that_only_the_page_knows_is_looked_up_there(app):
    assert rendered(app, environment(app, "{{ _(text) }}"), "de", text="Library") == "Bibliothek"
