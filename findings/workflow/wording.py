"""What a page says about a step: the sentence before it is taken, and the sentence after."""

from __future__ import annotations

from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow.models.signoffs import Step
from findings.workflow.transitions import BY_NAME, Transition, Workpiece

# One whole sentence for each row of the table; {} is the finding or the measure itself.
BEFORE = {
    (Measure, "start"): "将把措施“{}”记为已经开始整改。",
    (Measure, "report"): "将报告措施“{}”已经完成，由督查员核实；核实以前可以撤回。",
    (Measure, "take_back"): "将撤回措施“{}”的完成报告，回到进行中。",
    (Measure, "verify"): "将核实措施“{}”：材料属实，措施已经做到。",
    (Measure, "lapse"): "措施“{}”核实以后内容有变，将重新等待核实。",
    (Measure, "return"): "将退回措施“{}”，由报完成人按理由补充后再报。",
    (Finding, "begin"): "将把问题“{}”记为已经开始整改。",
    (Finding, "submit"): "将为问题“{}”申请销号，交各级审核；审核期间可以撤回。",
    (Finding, "withdraw"): "将撤回问题“{}”的销号申请，已有的审核意见不再算数。",
    (Finding, "review"): "将审核同意问题“{}”的销号申请，交下一级审核或销号。",
    (Finding, "close"): "将对问题“{}”销号：按下面的内容签署，以后内容有变，这次销号即失效。",
    (Finding, "send_back"): "将退回问题“{}”的销号申请，由申请人按理由补充后重新申请。",
    (Finding, "reopen"): "将对问题“{}”重新整改：现有的销号不再有效，须重新申请。",
}
AFTER = {
    (Measure, "start"): "已记为开始整改。",
    (Measure, "report"): "已报完成，等待核实。",
    (Measure, "take_back"): "已撤回报完成，可以继续修改。",
    (Measure, "verify"): "已核实。",
    (Measure, "lapse"): "核实已失效，等待重新核实。",
    (Measure, "return"): "已退回，理由已记下。",
    (Finding, "begin"): "已记为开始整改。",
    (Finding, "submit"): "已申请销号。",
    (Finding, "withdraw"): "已撤回销号申请。",
    (Finding, "review"): "已审核同意。",
    (Finding, "close"): "已销号。",
    (Finding, "send_back"): "已退回，理由已记下。",
    (Finding, "reopen"): "已重新整改。",
}
LONGEST = 60  # characters of a record's own words


def before(step: Transition, record: Workpiece) -> str:
    """What will happen, and to what."""
    return BEFORE[step.kind, step.name].format(_named(record))


def after(step: Transition) -> str:
    """What has been done."""
    return AFTER[step.kind, step.name]


def label_of(step: Step) -> str:
    """A step that was taken, as its button was labelled."""
    return BY_NAME[Measure if step.measure_id else Finding, step.transition].label


def _named(record: Workpiece) -> str:
    words = str(record)
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
