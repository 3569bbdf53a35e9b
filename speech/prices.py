"""Prices of speech in USD, and estimates of its duration."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

AS_OF = "2026-11"
SOURCE = "https://developers.openai.com/api/docs/models"
CONFIGURED = "configured"  # the source of a price that somebody here entered
MILLION = Decimal(1_000_000)
CHARACTERS_PER_TEXT_TOKEN = 4
AUDIO_TOKENS_PER_MINUTE = 1250
REALTIME_TOKENS_PER_MINUTE = 1200  # a token is 50 ms of what the model says
CHARACTERS_PER_SECOND = {"espeak": 13.4, "openai": 15.0, "openai-realtime": 15.0}


@dataclass(frozen=True, slots=True)
class Price:
    """A model's price in USD per million characters, or per million text and audio tokens."""

    usd_per_million_characters: float | None = None
    usd_per_million_text_tokens: float | None = None
    usd_per_million_audio_tokens: float | None = None
    audio_tokens_per_minute: int = AUDIO_TOKENS_PER_MINUTE
    is_estimate: bool = False
    as_of: str = ""
    source: str = ""

    @property
    def is_known(self) -> bool:
        """Whether anything can be said about the cost."""
        return self.usd_per_million_characters is not None or (
            self.usd_per_million_text_tokens is not None
            and self.usd_per_million_audio_tokens is not None
        )

    def quote(self, characters: int, duration_s: float) -> float | None:
        """The cost in USD, exact to 1e-12; None when the price is not known."""
        if not self.is_known:
            return None
        if self.usd_per_million_characters is not None:
            usd = _usd(self.usd_per_million_characters) * characters
        else:
            text_tokens = Decimal(characters) / CHARACTERS_PER_TEXT_TOKEN
            audio_tokens = Decimal(str(duration_s)) / 60 * self.audio_tokens_per_minute
            usd = _usd(self.usd_per_million_text_tokens) * text_tokens
            usd += _usd(self.usd_per_million_audio_tokens) * audio_tokens
        return float(round(usd / MILLION, 12))


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a provider counted for a request; cached ones are not among the others."""

    text_in: int = 0
    text_cached: int = 0
    audio_in: int = 0
    audio_cached: int = 0
    text_out: int = 0
    audio_out: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        """Both together."""
        names = self.__dataclass_fields__
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """A model's prices in USD per million tokens of each kind."""

    text_in: float
    text_cached: float
    audio_in: float
    audio_cached: float
    text_out: float
    audio_out: float
    as_of: str
    source: str

    def cost(self, usage: Usage) -> float:
        """Cost of the tokens used, in USD, exact to 1e-12."""
        names = Usage.__dataclass_fields__
        usd = sum(_usd(getattr(self, name)) * getattr(usage, name) for name in names)
        return float(round(usd / MILLION, 12))

    def estimate(self) -> Price:
        """Estimate the cost of a text in USD, before anything is counted.

        The text goes in once, and comes out once more as the transcript of the sound.
        """
        return Price(
            usd_per_million_text_tokens=float(_usd(self.text_in) + _usd(self.text_out)),
            usd_per_million_audio_tokens=self.audio_out,
            audio_tokens_per_minute=REALTIME_TOKENS_PER_MINUTE,
            is_estimate=True,
            as_of=self.as_of,
            source=self.source,
        )


FREE = Price(usd_per_million_characters=0.0)
UNKNOWN = Price()
PER_TOKEN = Price(
    usd_per_million_text_tokens=0.60,
    usd_per_million_audio_tokens=12.0,
    is_estimate=True,
    as_of=AS_OF,
    source=SOURCE,
)
OPENAI_MODELS = {
    "tts-1": Price(usd_per_million_characters=15.0, as_of=AS_OF, source=SOURCE),
    "tts-1-hd": Price(usd_per_million_characters=30.0, as_of=AS_OF, source=SOURCE),
    "gpt-4o-mini-tts": PER_TOKEN,
    "gpt-4o-mini-tts-2025-12-15": PER_TOKEN,
}
REALTIME_MODELS = {
    "gpt-realtime-2.1": TokenPrices(4.0, 0.40, 32.0, 0.40, 24.0, 64.0, AS_OF, SOURCE),
    "gpt-realtime-2.1-mini": TokenPrices(0.60, 0.06, 10.0, 0.30, 2.40, 20.0, AS_OF, SOURCE),
}


def openai_price(model: str, *, is_openai: bool, configured: float | None = None) -> Price:
    """The price of a model: the configured one, else the table's, else not known."""
    if configured is not None:
        return Price(usd_per_million_characters=configured, source=CONFIGURED)
    return OPENAI_MODELS.get(model, UNKNOWN) if is_openai else UNKNOWN


def realtime_prices(model: str, *, is_openai: bool) -> TokenPrices | None:
    """The prices of a model that speaks over Realtime; None where they are not known."""
    return REALTIME_MODELS.get(model) if is_openai else None


def realtime_price(prices: TokenPrices | None, *, configured: float | None = None) -> Price:
    """Price to quote for a model over Realtime: the configured one, else an estimate by token."""
    if configured is not None:
        return Price(usd_per_million_characters=configured, source=CONFIGURED)
    return prices.estimate() if prices else UNKNOWN


def total_cost(costs: Iterable[float | None]) -> float | None:
    """Costs together in USD; None where one is not known and nothing else is to be paid."""
    each = list(costs)
    known = sum(cost for cost in each if cost is not None)
    return None if None in each and not known else known


def expected_duration_s(characters: int, speed: float, engine: str) -> float:
    """The likely length in seconds of a text spoken by the named engine at this speed."""
    return characters / (CHARACTERS_PER_SECOND.get(engine, 15.0) * speed)


def _usd(price: float | None) -> Decimal:
    # Through str, so that 0.6 means six tenths and not its nearest binary fraction.
    return Decimal(str(price))
