"""Evidence in a browser: files chosen and dropped, one bad file among good ones, previews one after the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from accounts.models import User
from findings.factories import make_aspect, make_finding, make_inspection, make_measure, make_unit
from findings.models import Evidence, Measure
from tests.browser.conftest import look, sign_in
from tests.uploads import pdf, png, stored_evidence

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DROP = """(form, files) => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name, { type: "application/pdf" }));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    form.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""

PASTE = """(area) => {
  const data = new DataTransfer();
  data.items.add(new File(["x"], "image.png", { type: "image/png" }));
  area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def measure(clerk: User) -> Measure:
    """A measure of a finding, with two units."""
    body = make_unit(name="区政府办")
    inspection = make_inspection(name="第三轮巡察", unit=body)
    finding = make_finding(make_aspect(inspection), title="督查工作重部署轻问效", lead_unit=body)
    return make_measure(finding, plan="建立督查台账。", outcome="台账已经建立。")


def payload(name: str, content: bytes) -> FilePayload:
    """A file for the browser to choose."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_one_bad_file_loses_no_other(page: Page, measure: Measure, screenshots: Path | None) -> None:
    sign_in(page)
    page.goto(f"{measure.get_absolute_url()}#evidence")
    files = [("会议纪要.pdf", pdf()), ("通知.docm", b"PK"), ("现场照片.png", png()), ("改名.pdf", b"MZ")]
    page.locator("input[type=file]").first.set_input_files([payload(*one) for one in files])
    rows = page.locator(".file-row")
    expect(rows).to_have_count(4)
    expect(page.locator(".file-row-refused")).to_have_text(re.compile("通知.docm 不能收.*请另存为 docx 再上传。"))
    rows.nth(2).get_by_label("说明：现场照片.png").fill("十月督查")
    assert look(page, "measure-evidence", screenshots) == []
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("会议纪要.pdf：已上传，目录号 1。")).to_be_visible()
    expect(page.get_by_text("现场照片.png：已上传，目录号 2。")).to_be_visible()
    expect(page.get_by_text("改名.pdf：内容不是 pdf 文件")).to_be_visible()
    assert {(one.name, one.caption) for one in Evidence.objects.all()} == {
        ("会议纪要.pdf", ""),
        ("现场照片.png", "十月督查"),
    }


def test_files_are_dropped_and_pasted(page: Page, measure: Measure) -> None:
    sign_in(page)
    page.goto(measure.get_absolute_url())
    page.locator("#measure-form").evaluate(DROP, [["方案.pdf", pdf().decode("latin-1")]])
    page.get_by_label("新的整改进展").evaluate(PASTE)
    rows = page.locator(".file-row")
    expect(rows).to_have_count(2)
    expect(rows.nth(0).get_by_role("combobox")).to_have_value("02")
    expect(rows.nth(1)).to_have_text(re.compile(r"截图\d{6}\.png"))
    rows.nth(1).get_by_role("button").press("Enter")
    expect(rows).to_have_count(1)
    expect(rows.get_by_role("button")).to_be_focused()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("方案.pdf：已上传，目录号 1。")).to_be_visible()


def test_previews_one_after_the_other(page: Page, measure: Measure, clerk: User, screenshots: Path | None) -> None:
    stored_evidence(measure, clerk, "现场照片.png", png())
    stored_evidence(measure, clerk, "实施方案.pdf", pdf(3), kind="02", caption="经党组会研究通过")
    sign_in(page)
    page.goto(measure.get_absolute_url())
    page.locator(".thumb", has_text="现场照片").click()
    expect(page.get_by_text("本措施第 1 份，共 2 份")).to_be_visible()
    page.get_by_role("link", name="下一份").click()
    expect(page.get_by_role("heading", name="实施方案.pdf")).to_be_visible()
    picture = page.get_by_role("img", name="实施方案.pdf，第 1 页")
    expect(picture).to_have_js_property("naturalWidth", 1200)
    assert look(page, "evidence-preview", screenshots) == []
    page.get_by_role("link", name="上一份").click()
    expect(page.get_by_role("heading", name="现场照片.png")).to_be_visible()


def test_the_pages_of_evidence_have_no_barriers(
    page: Page, measure: Measure, clerk: User, screenshots: Path | None
) -> None:
    evidence = stored_evidence(measure, clerk)
    stored_evidence(measure, clerk, "新版.pdf", pdf(), replaces=evidence)
    live = stored_evidence(measure, clerk, "一份名称非常长的会议纪要" * 8 + ".png", png(9))
    sign_in(page)
    inspection, finding = measure.inspection.pk, measure.finding.pk
    complaints = []
    for name, address in {
        "evidence-list": f"/inspections/{inspection}/evidence/",
        "evidence-edit": f"/evidence/{live.pk}/edit/",
        "evidence-withdraw": f"/evidence/{live.pk}/withdraw/",
        "finding-evidence": f"/findings/{finding}/",
    }.items():
        page.goto(address)
        complaints += look(page, name, screenshots)
    assert complaints == []


def test_a_file_is_downloaded_by_its_name(page: Page, measure: Measure, clerk: User) -> None:
    stored_evidence(measure, clerk, "十月督查会议纪要.png")
    sign_in(page)
    page.goto(measure.get_absolute_url())
    page.locator(".thumb").click()
    page.wait_for_url("**/evidence/*/**")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载", exact=True).click()
    assert download.value.suggested_filename == "十月督查会议纪要.png"
    page.goto(measure.finding.get_absolute_url())
    with page.expect_download() as archive:
        page.get_by_role("link", name="下载本问题的档案").click()
    assert archive.value.suggested_filename == "1-1-督查工作重部署轻问效-档案.zip"
