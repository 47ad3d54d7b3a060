"""pydantic's refusals in the reader's language: one table for settings, parameters and bodies."""

from collections.abc import Mapping
from typing import Any

_SENTENCES = {
    "missing": "必须填写",
    "extra_forbidden": "没有这个参数",
    "uuid_parsing": "应为 UUID",
    "uuid_type": "应为 UUID",
    "int_parsing": "应为整数",
    "int_parsing_size": "数值过大",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "date_parsing": "应为日期，例如 2023-12-31",
    "date_from_datetime_parsing": "应为日期，例如 2023-12-31",
    "date_type": "应为日期，例如 2023-12-31",
    "timezone_aware": "应带时区，例如 2023-12-31T00:00:00+08:00",
    "datetime_parsing": "应为带时区的时刻，例如 2023-12-31T00:00:00+08:00",
    "datetime_from_date_parsing": "应为带时区的时刻，例如 2023-12-31T00:00:00+08:00",
    "datetime_type": "应为带时区的时刻，例如 2023-12-31T00:00:00+08:00",
    "time_parsing": "应为时间，例如 06:00",
    "decimal_parsing": "应为数字，例如 25000.00",
    "decimal_type": "应为数字，例如 25000.00",
    "decimal_max_places": "小数不能超过 {decimal_places} 位",
    "decimal_max_digits": "不能超过 {max_digits} 位数字",
    "finite_number": "应为有限的数",
    "int_from_float": "应为整数",
    "int_type": "应为整数",
    "string_type": "应为文字",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "decimal_whole_digits": "整数部分不能超过 {whole_digits} 位",
    "too_long": "不能多于 {max_length} 项",
    "too_short": "不能少于 {min_length} 项",
    "greater_than": "应大于 {gt}",
    "less_than": "应小于 {lt}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "string_too_short": "不能为空",
    "string_too_long": "不能超过 {max_length} 个字",
    "enum": "只能是 {expected}",
    "literal_error": "只能是 {expected}",
    "path_not_file": "没有这个文件",
    "none_required": "这里不能填写",
    "value_error": "{error}",
}
"""By pydantic's error type; ``{…}`` is the error's context."""


def refusal_sentence(kind: str, context: Mapping[str, Any], english: str) -> str:
    """What is allowed, by pydantic's error type; pydantic's own English for a type not in the table."""
    known = _SENTENCES.get(kind)
    if known is None:
        return english
    words = dict(context)
    if "expected" in words:
        words["expected"] = _listed(str(words["expected"]))
    return known.format(**words)


def _listed(expected: str) -> str:
    """``'open' or 'resolved'`` without English and quotes: open、resolved."""
    return expected.replace("'", "").replace(" or ", "、").replace(", ", "、")
