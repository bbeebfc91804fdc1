"""Why a record, a signature, or a file of questions is refused: stable codes, in both languages, with remedies."""

# ruff: noqa: E501 - a table

from __future__ import annotations

from typing import Final, NamedTuple

from graph.model.values import Text


class Kind(NamedTuple):
    """One row of the table."""

    reason: Text
    remedy: Text


def _kind(en: str, zh: str, remedy_en: str, remedy_zh: str) -> Kind:
    return Kind(Text(en=en, zh=zh), Text(en=remedy_en, zh=remedy_zh))


KINDS: Final = {
    "RECORD_TOO_LARGE": _kind("The file has more than {limit} bytes.", "文件超过 {limit} 字节。", "Give the file of one record.", "请提供单份存证文件。"),
    "RECORD_NOT_JSON": _kind("This is no JSON in UTF-8.", "不是 UTF-8 编码的 JSON。", "Give the record's own bytes, unchanged.", "请提供未经改动的存证文件。"),
    "RECORD_NOT_CANONICAL": _kind("The bytes are not those of the canonical form (RFC 8785).", "字节与规范形式(RFC 8785)不符。", "Give the record's own bytes: do not format or re-encode it.", "请提供原始字节,勿重新排版或转码。"),
    "RECORD_MALFORMED": _kind("This is no record: {why}.", "不是存证:{why}。", "Give a file that the hub wrote as a record.", "请提供枢纽生成的存证文件。"),
    "RECORD_HASH": _kind("The SHA-256 does not fit: something was changed.", "SHA-256 不符:内容已被改动。", "Ask whoever made the record for it again.", "请向出具方重新索取。"),
    "EVALUATOR_OTHER": _kind("The record is of evaluator {theirs}; this is evaluator {ours}.", "存证出自评定器 {theirs},此处为评定器 {ours}。", "Replay it with a hub of that evaluator.", "请用相应评定器版本的枢纽重放。"),
    "RECORD_DIFFERS": _kind("Evaluated again, the record gives another answer at {where}.", "重新评定所得与存证不同,位置:{where}。", "The answer was altered: do not rely on it.", "结果已被改动,请勿采信。"),
    "SIGNATURE_MALFORMED": _kind("This is no compact JWS with a detached payload.", "不是载荷分离的紧凑 JWS。", "Give the signature file as `record sign` wrote it.", "请提供 `record sign` 生成的签名文件。"),
    "SIGNATURE_ALGORITHM": _kind("The signature's algorithm is not Ed25519.", "签名算法不是 Ed25519。", "Sign with an Ed25519 key; `none` is never accepted.", "请用 Ed25519 密钥签名;不接受 `none`。"),
    "SIGNATURE_WRONG": _kind("The signature does not fit these bytes and this key.", "签名与内容或密钥不符。", "Check that record, signature and public key belong together.", "请核对存证、签名与公钥是否配套。"),
    "KEY_UNUSABLE": _kind("The file holds no {wanted} Ed25519 key.", "文件中没有可用的 Ed25519 {wanted} 密钥。", "Give a PEM or JWK file; `record key` makes a pair.", "请提供 PEM 或 JWK 文件;`record key` 可生成密钥对。"),
    "KEY_PRIVATE": _kind("This is a private key; to verify, the public one is enough.", "这是私钥;验签只需公钥。", "Give the public key, and if this file was sent to you, have a new pair made.", "请改用公钥;若此私钥由他人发来,请对方重新生成密钥对。"),
    "QUESTION_MALFORMED": _kind("Line {line} is no stripped question: {why}.", "第 {line} 行不是去标识问题:{why}。", "Write question files with `replay --strip`.", "请用 `replay --strip` 生成问题文件。"),
    "QUESTION_TOO_LARGE": _kind("Line {line} has more than {limit} bytes.", "第 {line} 行超过 {limit} 字节。", "Write question files with `replay --strip`.", "请用 `replay --strip` 生成问题文件。"),
    "QUESTION_PERSONAL": _kind("Line {line} was not stripped: it has ids or sources of its own.", "第 {line} 行未去标识:仍含编号或来源。", "Write question files with `replay --strip`.", "请用 `replay --strip` 生成问题文件。"),
}  # fmt: skip


class RecordRefused(ValueError):
    """A record, signature or question file that cannot be relied on; its text has the code and both languages."""

    def __init__(self, code: str, **facts: object) -> None:
        kind = KINDS[code]
        self.code = code
        self.facts = facts
        lines = (kind.reason.en, kind.reason.zh, kind.remedy.en, kind.remedy.zh)
        super().__init__(
            "\n".join((f"{code}: {lines[0].format(**facts)}", lines[1].format(**facts), *lines[2:]))
        )
