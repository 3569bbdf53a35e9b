// Signs of markup that the name of a piece does not show.
// speech/text/title_signs.py has the same rules in the same order, which are the ones that count.
const LETTER = "0-9A-Za-z\u00c0-\u024f\u0370-\u052f";
const BLOCK_TAGS =
  "address|article|aside|audio|blockquote|body|br|break|button|center|dd|details|div|dl|dt|" +
  "fieldset|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|img|input|label|li|link|" +
  "main|meta|nav|ol|option|p|pre|section|speak|summary|table|tbody|td|tfoot|th|thead|title|tr|ul";
const INLINE_TAGS =
  "a|abbr|b|big|cite|code|del|em|emphasis|font|i|ins|kbd|lang|mark|phoneme|prosody|q|s|samp|" +
  "say-as|small|span|strike|strong|sub|sup|time|tt|u|var|voice|w|[a-z]{1,9}:[a-z-]{1,30}";
const NAMES =
  "all|author|call|class|del|dict|doc|enter|eq|exit|file|future|getattr|getitem|hash|import|" +
  "init|iter|len|main|name|new|pycache|repr|setattr|slots|str|version";
const TAG_END = String.raw`(?:\s[^<>=]{0,60}=[^<>]{0,1000})?\s{0,9}/?>`;
const TARGET =
  String.raw`\((?=[^()\s]{0,500}[./#:])[^()\s]{0,500}(?:\([^()\s]{0,200}\)[^()\s]{0,500})?` +
  String.raw`(?: "[^"\n]{0,300}")?\)`;
const ENTITY = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});/giu;

const raw = String.raw;
const own = (source) => new RegExp(source, "imuy");
const sign = (source, left) => [new RegExp(source, "gimu"), left];

const OWN = [
  own(raw`\s{0,99}<[!?h][\s\S]{0,2000}?<title[^<>]{0,100}>([^<>]{1,300})</title>`),
  own(raw`---[ \t]*\n(?:[^\n]{0,300}\n){0,30}?title:[ \t]*["']?([^\n]{1,300}?)["']?[ \t]*\n`),
  own(raw`\s{0,99}(?:<[^<>]{1,500}>\s{0,99}){0,9}?<h[1-6]\b[^<>]{0,500}>([\s\S]{1,300}?)</h[1-6]>`),
  own(
    raw`\s{0,99}#{1,6}[ \t]+(\S[^\n]{0,300}?)(?:[ \t]+#{1,20})?(?:[ \t]*\{[^\{\}\n]{1,99}\})?[ \t]*$`,
  ),
  own(raw`\s{0,99}(\S[^\n]{0,300})\n {0,3}(?:={3,99}|-{3,99})[ \t]*$`),
];

const SIGNS = [
  sign(raw`<!--[\s\S]{0,2000}?(?:-->|(?![\s\S]))`, " "),
  sign(raw`<(head|script|style|template)\b[^<>]{0,500}>[\s\S]{0,2000}?(?:</\1>|(?![\s\S]))`, " "),
  sign(raw`<(?:!doctype|\?xml)[^<>]{0,500}>`, " "),
  sign(`</?(?:${BLOCK_TAGS})${TAG_END}`, " "),
  sign(raw`<(?:${INLINE_TAGS})${TAG_END}(?=\S)|(?<=\S)</(?:${INLINE_TAGS})>`, ""),
  sign(raw`<((?:https?://|mailto:)[^\s<>]{1,500})>`, "$1"),
  sign("^[ \t]{0,40}(?:`{3,20}|~{3,20})[^\\n`]{0,100}$", " "),
  sign(raw`^[ \t]{0,3}([\-*_=])(?:[ \t]{0,9}\1){2,200}[ \t]{0,99}$`, " "),
  sign(raw`^[ \t]{0,9}\|?[ \t]{0,9}:?-{3,99}:?[ \t]{0,9}\|[\-:| \t]{0,300}$`, " "),
  sign(raw`^[ \t]{0,9}\|[ \t]{0,99}|[ \t]{0,99}\|[ \t]{0,9}$`, " "),
  sign(
    raw`^[ \t]{0,40}(?:(?:>|#{1,6}(?=[ \t])|[\-*+](?=[ \t])(?:[ \t]{1,9}\[[ x]\](?=[ \t]))?)` +
      raw`[ \t]{0,9}){1,20}`,
    "",
  ),
  sign(raw`\[!(note|tip|important|warning|caution)\]`, "$1"),
  sign(raw`!\[([^\[\]\n]{0,300})\]${TARGET}`, "$1"),
  sign(raw`\[([^\[\]\n]{0,300})\]${TARGET}`, "$1"),
  sign(raw`(?<![${LETTER}\]])\[([^\[\]\n]{1,300})\]\[[^\[\]\n]{0,100}\]`, "$1"),
  sign(raw`\[\^\d{1,4}\]`, ""),
  sign(`(?<![${LETTER}\`])(\`{1,2})(?=[^\\s\`])([^\`\\n]{1,300})\\1(?![${LETTER}\`])`, "$2"),
  sign(
    raw`(?<![${LETTER}*])(\*{1,3})(?=[^\s*])([^*\n]{1,300}?)(?<=[^\s*])\1(?![${LETTER}*])`,
    "$2",
  ),
  sign(
    raw`(?<![${LETTER}_.])(?!__(?:${NAMES})__)(_{1,3})(?=[${LETTER}"'“„«(])` +
      raw`([^_\n]{1,300}?)(?<=[^\s_])\1(?![${LETTER}_(])`,
    "$2",
  ),
  sign(raw`~~(?=[^\s~])([^~\n]{1,300}?)~~`, "$1"),
  sign(raw`(?<![${LETTER}\\:])\\([*#\[\]!.\-])`, "$1"),
];

// The title that a text gives itself at its start, without signs; "" for none.
export function ownTitle(text) {
  for (const pattern of OWN) {
    pattern.lastIndex = 0;
    const found = pattern.exec(text);
    if (found) return withoutSigns(found[1].trim());
  }
  return "";
}

export function withoutSigns(text) {
  const bare = SIGNS.reduce((rest, [pattern, left]) => rest.replace(pattern, left), text);
  return bare.replace(ENTITY, written);
}

function written(entity) {
  return new DOMParser().parseFromString(entity, "text/html").documentElement.textContent;
}
