"""A short sentence in a voice's own language, to tell voices apart by."""

from speech.types import Voice

SENTENCES = {
    "af": "Dit was laat, en die lamp was al aan.",
    "ar": "كان الوقت متأخرا، وكان المصباح مضاء.",
    "az": "Gec idi, lampa artıq yanırdı.",
    "be": "Было позна, і лямпа ўжо гарэла.",
    "bg": "Беше късно и лампата вече светеше.",
    "bn": "তখন অনেক রাত, আর বাতিটা জ্বলছিল।",
    "bs": "Bilo je kasno i lampa je već gorjela.",
    "ca": "Era tard i el llum ja era encès.",
    "cmn": "天色已晚，灯已经亮了。",
    "cs": "Bylo pozdě a lampa už svítila.",
    "cy": "Roedd hi'n hwyr, ac roedd y lamp wedi'i goleuo.",
    "da": "Det var sent, og lampen var tændt.",
    "de": "Es war spät, und die Lampe brannte schon.",
    "el": "Ήταν αργά και η λάμπα ήταν ήδη αναμμένη.",
    "en": "It was late, and the lamp was already lit.",
    "eo": "Estis malfrue, kaj la lampo jam lumis.",
    "es": "Era tarde y la lámpara ya estaba encendida.",
    "et": "Oli hilja ja lamp juba põles.",
    "eu": "Berandu zen, eta lanpara piztuta zegoen.",
    "fa": "دیر بود و چراغ روشن بود.",
    "fi": "Oli myöhä, ja lamppu paloi jo.",
    "fr": "Il était tard, et la lampe était déjà allumée.",
    "ga": "Bhí sé déanach, agus bhí an lampa lasta.",
    "he": "היה מאוחר, והמנורה כבר דלקה.",
    "hi": "देर हो चुकी थी, और दीपक जल रहा था।",
    "hr": "Bilo je kasno i svjetiljka je već gorjela.",
    "hu": "Késő volt, és a lámpa már égett.",
    "hy": "Ուշ էր, և լամպն արդեն վառված էր։",
    "id": "Hari sudah malam, dan lampu sudah menyala.",
    "is": "Það var orðið seint og það logaði á lampanum.",
    "it": "Era tardi, e la lampada era già accesa.",
    "ja": "もう遅く、ランプには明かりがついていた。",
    "ka": "გვიანი იყო და ლამპა უკვე ენთო.",
    "kk": "Кеш болды, шам жанып тұрды.",
    "ko": "늦은 시간이었고, 등불은 이미 켜져 있었다.",
    "la": "Sero erat, et lucerna iam ardebat.",
    "lt": "Buvo vėlu, ir lempa jau degė.",
    "lv": "Bija vēls, un lampa jau dega.",
    "mk": "Беше доцна и ламбата веќе светеше.",
    "ms": "Hari sudah lewat, dan lampu sudah menyala.",
    "mr": "उशीर झाला होता, आणि दिवा लागला होता.",
    "nb": "Det var sent, og lampen var tent.",
    "ne": "ढिलो भइसकेको थियो, र बत्ती बलिरहेको थियो।",
    "nl": "Het was laat, en de lamp brandde al.",
    "pl": "Było późno, a lampa już się paliła.",
    "pt": "Era tarde e o candeeiro já estava aceso.",
    "pt-BR": "Era tarde e a lâmpada já estava acesa.",
    "ro": "Era târziu și lampa era deja aprinsă.",
    "ru": "Было поздно, и лампа уже горела.",
    "sk": "Bolo neskoro a lampa už svietila.",
    "sl": "Bilo je pozno in svetilka je že gorela.",
    "sq": "Ishte vonë dhe llamba ishte ndezur.",
    "sr": "Bilo je kasno i lampa je već gorela.",
    "sv": "Det var sent, och lampan var tänd.",
    "sw": "Ilikuwa usiku, na taa ilikuwa inawaka.",
    "ta": "நேரமாகிவிட்டது, விளக்கு எரிந்து கொண்டிருந்தது.",
    "th": "ดึกแล้ว และโคมไฟก็เปิดอยู่",
    "tr": "Vakit geçti ve lamba çoktan yanmıştı.",
    "uk": "Було пізно, і лампа вже горіла.",
    "ur": "دیر ہو چکی تھی، اور چراغ جل رہا تھا۔",
    "vi": "Trời đã khuya, và ngọn đèn đã được thắp sáng.",
    "yue": "夜喇，盞燈已經着咗。",
}


def is_standard(sentence: str, voice: Voice) -> bool:
    """Whether a sentence is one that voices introduce themselves with, so that it is nobody's."""
    return sentence in SENTENCES.values() or sentence == sample(voice.language, voice.name)


def sample(language: str, name: str = "") -> str:
    """A sentence in that language (a BCP 47 tag); where there is none, a name and some digits."""
    parts = language.split("-")
    if "Latn" in parts or "Shaw" in parts:
        return f"{name}: 1, 2, 3, 4, 5."
    for length in range(len(parts), 0, -1):
        if found := SENTENCES.get("-".join(parts[:length])):
            return found
    return f"{name}: 1, 2, 3, 4, 5."
