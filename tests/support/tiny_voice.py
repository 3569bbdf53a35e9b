"""A Piper voice with random weights, made for tests: valid, tiny, and it hums."""

import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy
from onnx import TensorProto, helper, numpy_helper

from speech.engines.piper_models import CARD, CONFIG, MANIFEST, MODEL

ID_S = 0.04  # seconds of sound a symbol, at speed 1
SYMBOLS = 256
SILENT = (1, 2)  # the symbols for the beginning and the end of a sentence
CHANNELS = 32
LAYERS = 1


def make_model(path: Path, *, rate: int = 22_050, speakers: int = 1, layers: int = LAYERS) -> None:
    """Write a model that hums a note a symbol, through `layers` convolutions of random weights."""
    random = numpy.random.default_rng(5)
    constants = {
        "samples": numpy.float32(ID_S * rate),
        "zero": numpy.float32(0),
        "one": numpy.float32(1),
        "length_at": numpy.int64(1),
        "shape": numpy.array([1, 1, -1]),
        "last": numpy.array([-1]),
        "notes": (random.uniform(0.02, 0.06, SYMBOLS) * 22_050 / rate).astype(numpy.float32),
        "levels": numpy.array([0.0 if n in SILENT else 0.3 for n in range(SYMBOLS)], "float32"),
        "in": random.normal(0, 0.3, (CHANNELS, 1, 7)).astype(numpy.float32),
        "out": random.normal(0, 1e-3, (1, CHANNELS, 7)).astype(numpy.float32),
        "voices": numpy.linspace(1, 2, max(1, speakers)).astype(numpy.float32),
    }
    nodes = [
        helper.make_node("Gather", ["scales", "length_at"], ["scale"]),
        helper.make_node("Mul", ["samples", "scale"], ["step"]),
        helper.make_node("Reshape", ["input", "last"], ["ids"]),
        helper.make_node("Size", ["ids"], ["count"]),
        helper.make_node("Cast", ["count"], ["many"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["many", "step"], ["end"]),
        helper.make_node("Range", ["zero", "end", "one"], ["times"]),
        helper.make_node("Div", ["times", "step"], ["places"]),
        helper.make_node("Floor", ["places"], ["floored"]),
        helper.make_node("Sub", ["many", "one"], ["highest"]),
        helper.make_node("Min", ["floored", "highest"], ["within"]),
        helper.make_node("Cast", ["within"], ["index"], to=TensorProto.INT64),
        helper.make_node("Gather", ["ids", "index"], ["symbols"]),
        helper.make_node("Gather", ["notes", "symbols"], ["pitch"]),
        helper.make_node("Gather", ["levels", "symbols"], ["level"]),
        helper.make_node("Mul", ["pitch", "times"], ["plain" if speakers > 1 else "phase"]),
        helper.make_node("Sin", ["phase"], ["wave"]),
        helper.make_node("Mul", ["wave", "level"], ["hum"]),
        helper.make_node("Reshape", ["hum", "shape"], ["x"]),
        helper.make_node("Conv", ["x", "in"], ["layer0"], pads=[3, 3]),
    ]
    inputs = [
        helper.make_tensor_value_info("input", TensorProto.INT64, [1, "symbols"]),
        helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        inputs.append(helper.make_tensor_value_info("sid", TensorProto.INT64, [1]))
        nodes.insert(16, helper.make_node("Gather", ["voices", "sid"], ["higher"]))
        nodes.insert(17, helper.make_node("Mul", ["plain", "higher"], ["phase"]))
    for number in range(layers):
        weights = random.normal(0, 0.05, (CHANNELS, CHANNELS, 7)).astype(numpy.float32)
        constants[f"weights{number}"] = weights
        names = [f"layer{number}", f"weights{number}"]
        nodes.append(helper.make_node("Conv", names, [f"conv{number}"], pads=[3, 3]))
        nodes.append(helper.make_node("Tanh", [f"conv{number}"], [f"layer{number + 1}"]))
    nodes += [
        helper.make_node("Conv", [f"layer{layers}", "out"], ["breath"], pads=[3, 3]),
        helper.make_node("Add", ["x", "breath"], ["output"]),
    ]
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 1, "time"])
    stored = [numpy_helper.from_array(numpy.asarray(v), k) for k, v in constants.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, [output], stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    path.write_bytes(model.SerializeToString())


def make_config(
    *, rate: int = 22_050, speakers: Sequence[str] = (), language: str = "en_US"
) -> dict:
    """What stands beside a model."""
    from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

    return {
        "audio": {"sample_rate": rate, "quality": "tiny"},
        "espeak": {"voice": language.lower().replace("_", "-") if language != "de_DE" else "de"},
        "language": {"code": language},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": SYMBOLS,
        "num_speakers": max(1, len(speakers)),
        "speaker_id_map": {name: number for number, name in enumerate(speakers)},
    }


def make_files(folder: Path, name: str = "en_US-tiny-low", **wanted) -> Path:
    """A model, its configuration and its card, named as Piper names them; the model's path."""
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / f"{name}.onnx"
    layers = wanted.pop("layers", LAYERS)
    config = make_config(**wanted)
    make_model(
        model, rate=config["audio"]["sample_rate"], speakers=config["num_speakers"], layers=layers
    )
    (folder / f"{name}.onnx.json").write_text(json.dumps(config))
    (folder / CARD).write_text("# Model card\n\n* Speakers: 1\n\n## Dataset\n\n* License: CC0\n")
    return model


def install(folder: Path, name: str = "en_US-tiny-low", **wanted) -> Path:
    "A voice as it stands in the folder of voices once it has been installed."
    made = folder / name
    model = make_files(made, name, **wanted)
    model.rename(made / MODEL)
    (made / f"{name}.onnx.json").rename(made / CONFIG)
    digest = hashlib.sha256((made / MODEL).read_bytes()).hexdigest()
    manifest = {"sha256": digest, "licence": "CC0", "source": "", "installed_at": time.time()}
    (made / MANIFEST).write_text(json.dumps(manifest))
    return made
