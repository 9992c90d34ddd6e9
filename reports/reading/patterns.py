"""The wordings by which lines are recognised. To understand another one, add an entry to its table. Pure.

All patterns are for plain text (half-width forms), and their repetitions are bounded, so that no text keeps the matcher
busy.
"""

from __future__ import annotations

import re

# A finding: 关于…问题, with or without quotes, which may hold full stops; 针对…问题; 问题1：.
PROBLEM = re.compile(
    r"(?:关于|针对)[“\"「].{1,200}[”\"」]的?(?:问题|方面存在的问题)?(?:的?整改(?:落实|进展)?(?:情况)?|方面的整改情况)?[。.:]?$"
    r"|(?:关于|针对)[“\"「].{1,200}[”\"」]的?问题[。.:].*"
    r"|(?:关于|针对).{2,200}问题(?:的?整改(?:落实|进展)?(?:情况)?)?[。.:]?$"
    r"|反馈(?:的)?问题 ?(?:\d{1,3}|[一二三四五六七八九十]{1,3}) ?:.+"
    r"|.{2,100}的问题[。.:]?$"
)
# The same as the beginning of a line whose break to the next one is lost.
PROBLEM_START = re.compile(
    r"(?:关于|针对)(?:[“\"「][^”\"」]{1,200}[”\"」]的?问题|[^。“”]{2,100}?问题)(?:的?整改(?:落实|进展)?(?:情况)?)?(?![的])[。.]?"
)
# The heading of a finding without a number stands alone.
UNNUMBERED_PROBLEM = re.compile(r"(?:关于|针对).{2,200}问题(?:的?整改(?:落实|进展)?(?:情况)?)?[。.]?$")
ASPECT = re.compile(
    r".{2,80}方面(?:的?(?:问题|存在的?(?:问题|不足|差距)?.{0,30}))?[。.:]?$"
    r"|(?:在|聚焦|围绕|针对|关于)[“\"「].{2,120}[”\"」]方面.{0,20}$"
    r"|(?:聚焦|围绕|对照).{2,80}(?:方面|领域|问题)[。.]?$"
    r"|反馈(?:的)?问题:.+"
)
STATUS_GROUP = re.compile(
    r".{0,20}(?:已经?完成|基本完成|阶段性完成|未完成|尚未完成|正在|推进中|持续|长期坚持).{0,16}(?:事项|问题|任务|项目|内容)"
    r"(?:.{0,10}情况)?(?:\(?\d{1,3}[个项条件]\)?)?[。.:]?$"
)
LABELS = (
    "整改情况",
    "整改落实情况",
    "整改进展情况",
    "整改完成情况",
    "整改措施",
    "整改成效",
    "整改进展",
    "整改落实",
    "整改结果",
    "落实情况",
    "进展情况",
    "完成情况",
    "整改举措",
    "主要做法",
    "工作成效",
    "整改工作情况",
    "具体整改情况",
)
LABEL = re.compile(rf"(?:[【\[](?:{'|'.join(LABELS)})[】\]] ?:?|(?:{'|'.join(LABELS)}) ?:)")
STATUS_WORDS = (
    "已完成整改",
    "已完成",
    "已经完成",
    "完成整改",
    "完成",
    "整改到位",
    "已整改到位",
    "已整改",
    "全部完成",
    "基本完成",
    "阶段性完成",
    "阶段性完成并需要长期坚持",
    "阶段性完成并长期坚持",
    "基本完成取得阶段性成果并持续整改",
    "阶段性完成整改",
    "基本完成整改",
    "正在整改",
    "整改中",
    "正在推进",
    "推进中",
    "持续推进",
    "持续整改",
    "未完成",
    "尚未完成",
    "长期坚持",
    "需长期坚持",
    "已完成并长期坚持",
    "完成并长期坚持",
    "已完成并持续推进",
    "已销号",
    "已办结",
)
_WORDS = "|".join(sorted(STATUS_WORDS, key=len, reverse=True))
STATUS_LABELS = (
    "整改状态",
    "完成情况",
    "整改进度",
    "完成状态",
    "状态",
    "整改完成情况",
    "进展情况",
    "当前状态",
    "整改结果",
)
_STATUS_LABEL = rf"(?:[【\[](?:{'|'.join(STATUS_LABELS)})[】\]] ?:?|(?:{'|'.join(STATUS_LABELS)}) ?:)"
STATUS_LINE = re.compile(rf"{_STATUS_LABEL} ?({_WORDS})(?:[,、并且]{{1,2}}(?:{_WORDS}|取得.{{0,20}}))?[。.;]?$")

# The parts of a report by the heading of a chapter.
NEXT_STEPS = re.compile(r".{0,20}(?:下一步|下步|下阶段|今后|后续|努力方向|打算)")
FINDINGS_LISTED = re.compile(r"(?!.*(?:整改|落实|情况)).{0,16}(?:发现|反馈|存在|指出).{0,10}问题")
RECTIFICATION = re.compile(
    r".{0,30}(?:(?:问题|反馈|意见).{0,12}(?:整改|落实|进展|推进)|整改(?:任务)?(?:落实|进展|完成)情况)"
)

_GENRES = "(?:通报|报告|公告|公示|公开|情况|通知|意见)"
_BEHIND_TITLE = r"(?: ?\(.{1,10}\))?(?: ?[\d\-年月日./]{6,12})?$"
TITLE = re.compile(rf".{{0,60}}(?:巡察|巡视|整改|回头看).{{0,40}}{_GENRES}{_BEHIND_TITLE}")
TITLE_END = re.compile(rf".{{2,80}}{_GENRES}{_BEHIND_TITLE}")
TITLE_BEGIN = re.compile(r"[^,。:;!?|>]{2,40}$")
PREAMBLE = re.compile(r"(?:根据|按照|依照|遵照|依据|经|\d{4}年|\d{4,8}日|20\d\d).{0,200}(?:巡察|巡视|反馈)")
SALUTATION = re.compile(r"[^,。;]{2,60}:$")

CONTACT = re.compile(r".{0,200}(?:联系电话|监督电话|邮政信箱|电子邮箱|电子信箱|通讯地址|联系方式|邮编)")
CONTACT_WAY = re.compile("联系电话|监督电话|邮政信箱|通讯地址|电子邮箱|电子信箱")
SIGNATURE = re.compile(r"[^,。:;!?、]{4,40}(?:党组|党委|委员会|党支部|总支|局|办公室|领导小组|区委|县委|市委|组)$")
ANNEX = re.compile(r"附(?:件|表) ?\d{0,2} ?(?::|$)")
DATE = re.compile(
    r"(?:20\d\d|二[〇○零O]..) ?年 ?[\d一二三四五六七八九十*]{1,3} ?月 ?[\d一二三四五六七八九十*]{1,3} ?日$"
)

# What pages of the web print around a text. Each is a line of its own.
FURNITURE = (
    r"当前(?:的)?位置",
    r"您(?:现)?在的位置",
    r"首页",
    r".{0,20}(?:字体|字号)",
    r"返回",
    r"打印",
    r"关闭",
    r"[A+\-=] ?[A+\-=]?$",
    r".{0,80}(?:浏览|访问|点击|阅读)(?:量|次数|数)?.{0,12}$",
    r"(?:稿件|信息|文章)?(?:来源|作者|编辑|审核)(?:人)? ?:",
    r"(?:发布|发文|公开|更新|成文|生成|印发)(?:时间|日期)? ?:",
    r"(?:日期|时间) ?:",
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?: ?\d{1,2}:\d\d.*)?$",
    r"\d{4}-\d\d-\d\d",
    r".{0,60}\|.*",
    r"https?:",
    r"www\.",
    r"分享",
    r".{0,10}扫一扫",
    r"上一[篇条]",
    r"下一[篇条]",
    r"相关(?:链接|附件|新闻|阅读|稿件)",
    r"版权",
    r".{0,30}(?:主办|承办|ICP备|公网安备)",
    r"责任编辑",
    r"保护视力",
    r"[•·◆▪] ?.{1,20}:$",
    r"(?:信息)?索引号",
    r"文件名称",
    r"公开方式",
    r"发布机构",
    r"组配分类",
    r"主题(?:词|分类)",
    r"收藏",
    r"\[?(?:大|中|小)\]?(?: ?\[?[大中小]\]?)*$",
    r"附件下载",
    r"网站地图",
    r"联系我们$",
    r"设为首页",
    r"无障碍",
    r"【.{1,12}】$",
)
FURNITURE_LINE = re.compile(rf"(?:{'|'.join(FURNITURE)})")
LONGEST_FURNITURE = 120  # characters; longer lines are text
