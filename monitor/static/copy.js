// A button that copies the field it names. Without scripts the field can still be selected by hand.
"use strict";

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.focus();
    field.select();
    let copied = false;
    try {
      // Plain http on an intranet has no clipboard; the older way still works there.
      copied = navigator.clipboard
        ? await navigator.clipboard.writeText(field.value).then(() => true)
        : document.execCommand("copy");
    } catch {
      copied = false;
    }
    document.getElementById("copied").textContent = copied
      ? "已复制到剪贴板。"
      : "没有复制成功，请选中后按 Ctrl+C。";
  });
}
