"""The words that names, tags and columns are made of, and how often each is used."""

from typing import NamedTuple

RELATIONS = ("adapter", "finetune", "quantized", "merge")
RELATION_COUNTS = (258_462, 218_000, 116_696, 13_990)
"""Models of each relation on the real Hub, October 2025."""
PARENT_SHARES = (0.005, 0.07, 0.006, 0.51)
"""Share of the models of each relation that have derivatives of their own."""


class Stem(NamedTuple):
    """What the models of one architecture are called.

    Attributes:
        name: beginning of their names.
        architecture: a tag; empty for none.
        task: their pipeline tag; empty for none.
        sized: whether names state the number of parameters.
        weight: how often, against the others.
    """

    name: str
    architecture: str
    task: str
    sized: bool
    weight: int


STEMS = (
    Stem("Llama-3.1", "llama", "text-generation", True, 60),
    Stem("Llama-2", "llama", "text-generation", True, 45),
    Stem("Llama-3.2", "llama", "text-generation", True, 40),
    Stem("TinyLlama", "llama", "text-generation", True, 12),
    Stem("Qwen2.5", "qwen2", "text-generation", True, 70),
    Stem("Qwen3", "qwen3", "text-generation", True, 55),
    Stem("Qwen2.5-VL", "qwen2_5_vl", "image-text-to-text", True, 10),
    Stem("Mistral", "mistral", "text-generation", True, 50),
    Stem("Mixtral", "mixtral", "text-generation", True, 8),
    Stem("gemma-2", "gemma2", "text-generation", True, 28),
    Stem("gemma-3", "gemma3", "image-text-to-text", True, 22),
    Stem("phi-3-mini", "phi3", "text-generation", True, 18),
    Stem("DeepSeek-R1-Distill", "qwen2", "text-generation", True, 20),
    Stem("gpt-neox", "gpt_neox", "text-generation", True, 10),
    Stem("pythia", "gpt_neox", "text-generation", True, 14),
    Stem("gpt2", "gpt2", "text-generation", False, 24),
    Stem("opt", "opt", "text-generation", True, 9),
    Stem("falcon", "falcon", "text-generation", True, 7),
    Stem("SmolLM2", "llama", "text-generation", True, 18),
    Stem("bert-base-uncased", "bert", "text-classification", False, 40),
    Stem("bert-base-multilingual", "bert", "token-classification", False, 14),
    Stem("distilbert-base", "distilbert", "text-classification", False, 48),
    Stem("roberta-base", "roberta", "text-classification", False, 30),
    Stem("xlm-roberta", "xlm-roberta", "token-classification", False, 22),
    Stem("deberta-v3", "deberta-v2", "text-classification", False, 12),
    Stem("camembert", "camembert", "fill-mask", False, 4),
    Stem("t5-small", "t5", "summarization", False, 16),
    Stem("flan-t5", "t5", "text2text-generation", False, 14),
    Stem("mt5", "mt5", "translation", False, 8),
    Stem("bart-large", "bart", "summarization", False, 9),
    Stem("opus-mt", "marian", "translation", False, 14),
    Stem("whisper-small", "whisper", "automatic-speech-recognition", False, 26),
    Stem("wav2vec2-large-xlsr", "wav2vec2", "automatic-speech-recognition", False, 24),
    Stem("hubert", "hubert", "audio-classification", False, 5),
    Stem("speecht5-tts", "speecht5", "text-to-speech", False, 8),
    Stem("vit-base-patch16", "vit", "image-classification", False, 26),
    Stem("swin-tiny", "swin", "image-classification", False, 10),
    Stem("convnext", "convnext", "image-classification", False, 5),
    Stem("detr-resnet", "detr", "object-detection", False, 6),
    Stem("segformer", "segformer", "image-segmentation", False, 5),
    Stem("stable-diffusion-v1-5", "", "text-to-image", False, 30),
    Stem("stable-diffusion-xl", "", "text-to-image", False, 34),
    Stem("FLUX.1-dev", "", "text-to-image", False, 48),
    Stem("sd-class-butterflies", "", "unconditional-image-generation", False, 4),
    Stem("wan2.1-t2v", "", "text-to-video", True, 4),
    Stem("all-MiniLM", "bert", "sentence-similarity", False, 20),
    Stem("bge", "bert", "sentence-similarity", False, 16),
    Stem("setfit", "mpnet", "text-classification", False, 10),
    Stem("ppo-LunarLander", "", "reinforcement-learning", False, 26),
    Stem("q-FrozenLake", "", "reinforcement-learning", False, 14),
    Stem("a2c-PandaReach", "", "reinforcement-learning", False, 8),
    Stem("act-pick-place", "", "robotics", False, 10),
    Stem("layoutlmv3", "layoutlmv3", "token-classification", False, 4),
    Stem("clip-vit", "clip", "zero-shot-image-classification", False, 7),
    Stem("checkpoint", "", "", False, 40),
    Stem("autotrain", "", "", False, 22),
    Stem("my-awesome", "", "", False, 30),
    Stem("test", "", "", False, 26),
    Stem("experiment", "", "", True, 20),
)

SIZES = (
    ("7B", 7_241_732_096, 22),
    ("8B", 8_030_261_248, 20),
    ("1.5B", 1_543_714_304, 10),
    ("0.5B", 494_032_768, 10),
    ("3B", 3_085_938_688, 10),
    ("13B", 13_015_864_320, 8),
    ("1B", 1_235_814_400, 8),
    ("14B", 14_770_033_664, 5),
    ("70B", 70_553_706_496, 5),
    ("32B", 32_763_876_352, 4),
    ("350M", 354_823_168, 3),
    ("8x7B", 46_702_792_704, 2),
    ("125M", 124_439_808, 2),
    ("17B-16E", 108_641_793_536, 1),
    ("7B-1M", 7_615_616_512, 1),
)
"""What names state, the count of parameters that the files then hold, and how often."""
UNSIZED = (22_713_216, 66_955_010, 109_483_778, 137_022_720, 241_734_912, 334_094_338)
"""Counts of parameters of models whose names state none."""

VARIANTS = (
    "Instruct",
    "chat",
    "base",
    "it",
    "Coder",
    "Math",
    "v0.3",
    "large",
    "en",
    "ja",
    "thinking",
)

SUFFIXES = {
    "adapter": (
        "lora", "qlora", "adapter", "lora-r16", "sft-lora", "dpo-lora", "lora-r64", "dreambooth",
        "style-lora", "peft", "lora-epoch3", "reward-adapter",
    ),
    "finetune": (
        "finetuned", "sft", "dpo", "finetuned-emotion", "finetuned-squad", "finetuned-ner",
        "finetuned-imdb", "finetuned-cola", "orpo", "grpo", "finetuned-glue", "abliterated",
        "uncensored", "roleplay", "finetuned-eurosat", "medical", "unsloth",
    ),
    "quantized": (
        "GGUF", "i1-GGUF", "AWQ", "GPTQ", "4bit", "8bit", "exl2", "mlx-4Bit", "ONNX", "Q4_K_M-GGUF",
        "bnb-4bit", "w4a16", "FP8-dynamic",
    ),
    "merge": ("slerp", "ties", "dare-ties", "merge", "Mix", "passthrough", "model-stock", "linear"),
    "": ("v2", "demo", "final", "small", "unit1", "unit8", "mini", "legacy"),
}  # fmt: skip
"""Relation, empty for none → what names end with."""

TASKS = (
    "text-generation", "text-classification", "token-classification", "text-to-image",
    "image-classification", "fill-mask", "question-answering", "translation", "summarization",
    "feature-extraction", "sentence-similarity", "automatic-speech-recognition", "text-to-speech",
    "audio-classification", "object-detection", "image-segmentation", "image-text-to-text",
    "reinforcement-learning", "robotics", "text-to-video", "image-to-image", "depth-estimation",
    "tabular-classification", "zero-shot-classification", "any-to-any",
)  # fmt: skip

LIBRARIES = {
    "adapter": (("peft", 78), ("diffusers", 15), ("transformers", 4), ("", 3)),
    "finetune": (("transformers", 80), ("sentence-transformers", 5), ("setfit", 2), ("", 13)),
    "quantized": (("transformers", 42), ("gguf", 18), ("mlx", 12), ("llama.cpp", 3), ("", 25)),
    "merge": (("transformers", 94), ("", 6)),
    "": (
        ("transformers", 40), ("", 37), ("stable-baselines3", 5), ("diffusers", 6),
        ("ml-agents", 2),
        ("sentence-transformers", 2), ("timm", 2), ("keras", 1), ("sklearn", 1), ("lerobot", 2),
        ("nemo", 1), ("ultralytics", 1),
    ),
}  # fmt: skip
"""Relation, empty for none → libraries with their weights, empty for none."""

LICENSES = (
    ("", 58), ("apache-2.0", 18), ("mit", 8), ("openrail", 1), ("creativeml-openrail-m", 3),
    ("other", 4), ("llama2", 1), ("llama3", 1), ("llama3.1", 1), ("gemma", 1), ("cc-by-nc-4.0", 2),
    ("cc-by-4.0", 1), ("cc-by-sa-4.0", 1), ("afl-3.0", 1), ("gpl-3.0", 1), ("bsd-3-clause", 1),
)  # fmt: skip

LANGUAGES = (
    "en", "zh", "fr", "de", "es", "ja", "ko", "pt", "ru", "it", "ar", "hi", "vi", "th", "id", "tr",
    "nl", "pl", "sv", "fa",
)  # fmt: skip

MISCELLANEOUS = (
    "generated_from_trainer", "conversational", "trl", "sft", "unsloth", "tensorboard",
    "endpoints_compatible", "autotrain_compatible", "text-generation-inference", "custom_code",
    "model-index", "4-bit", "8-bit", "lora", "mergekit", "imatrix", "not-for-all-audiences",
    "license-checked", "onnx", "pytorch", "jax", "deep-reinforcement-learning", "deploy:azure",
)  # fmt: skip

ODD_TAGS = (
    "日本語", "émotion", "мова", "🤗", "tag, with a comma", 'a "quoted" tag', "two\nlines",
    "tab\there",
    "back\\slash", " leading space", "", "base_model:", "license:", "dataset:not an id", "arxiv:",
    "base_model:finetune:./local/path", "x" * 400, "null", "\u200bzero width",
)  # fmt: skip
"""Values that a reader has to survive."""

COMMON_PAPER = "1910.09700"
"""The paper that the Hub's template of a model card refers to."""

OLD_DATASETS = ("imagefolder", "generator", "squad", "glue", "imdb", "emotion", "common_voice_11_0")
"""Datasets without an owner; some name none at all."""

TENSOR_TYPES = ("BF16", "F16", "F32", "F64", "F8_E4M3", "I8", "I32", "I64", "U8", "U32", "BOOL")

SDKS = ("gradio", "static", "docker", "streamlit")
