// Uploads files as soon as they are chosen, one after another, with progress; and removes them. The
// server answers with what the field shows then. Without script the buttons of the form do the same.
function sent(group, body, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", group.dataset.url);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) {
        progress(Math.round((100 * event.loaded) / event.total));
      }
    });
    request.addEventListener("load", () => {
      if (request.status === 200) {
        resolve(request.responseText);
      } else {
        reject(new Error(String(request.status)));
      }
    });
    request.addEventListener("error", reject);
    request.send(body);
  });
}

function improve(group) {
  const form = group.closest("form");
  const token = group.querySelector("input[type=hidden]");
  const input = group.querySelector("input[type=file]");
  const waiting = group.querySelector("[data-files-waiting]");
  const status = group.querySelector("[data-files-status]");
  const sending = group.dataset.sending;
  const failed = group.dataset.failed;
  group.querySelector("[data-files-send]").hidden = true;

  const body = () => {
    const data = new FormData();
    data.append("csrf_token", form.elements.csrf_token.value);
    data.append(token.name, token.value);
    return data;
  };
  const show = (html) => {
    waiting.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  };

  let running = null;

  // Sent in the middle of an upload, the form would bring the file a second time.
  form.addEventListener(
    "submit",
    (event) => {
      if (running) {
        event.preventDefault();
        event.stopImmediatePropagation();
        running.then(() => {
          // Why a file was refused is read before the form goes.
          if (!waiting.querySelector(".field__error") && !status.textContent) {
            form.requestSubmit(event.submitter);
          }
        });
      }
    },
    true,
  );

  const upload = async () => {
    const errors = [];
    for (const file of [...input.files]) {
      const data = body();
      data.append("upload", file);
      const say = (n) => {
        status.textContent = sending.replace("{name}", file.name).replace("{n}", `${n}%`);
      };
      say(0);
      try {
        show(await sent(group, data, say));
        errors.push(...waiting.querySelectorAll(".field__error"));
      } catch {
        errors.push(failed.replace("{name}", file.name));
      }
      status.textContent = "";
    }
    input.value = "";
    for (const each of waiting.querySelectorAll(".field__error")) {
      each.remove();
    }
    waiting.prepend(...errors.filter((each) => each instanceof Element));
    status.textContent = errors.filter((each) => !(each instanceof Element)).join(" ");
    running = null;
  };
  input.addEventListener("change", () => {
    if (input.files.length > 0) {
      running = upload();
    }
  });

  waiting.addEventListener("click", async (event) => {
    const button = event.target.closest("button[name=remove]");
    if (!button) {
      return;
    }
    event.preventDefault();
    const data = body();
    data.append("remove", button.value);
    try {
      show(await sent(group, data, () => {}));
      input.focus();
    } catch {
      status.textContent = failed.replace("{name}", "");
    }
  });
}

document.querySelectorAll("[data-files]").forEach(improve);
