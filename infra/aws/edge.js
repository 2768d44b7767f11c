// Which file an address means (CloudFront Functions, runtime 2.0): a folder is its index.html, and
// the code or key in a private address is read as it was issued, however it was typed or copied.
// It is folded as passalong/tokens.py folds it. The query stays as it is. template.yaml holds the
// same lines, as a test sees to.
function folded(text) {
  let code;
  try {
    code = decodeURIComponent(text).trim().toLowerCase();
  } catch (_) {
    return text;
  }
  if (code.length === 13 || code.length === 26) {
    code = code.replace(/o/g, "0").replace(/[il]/g, "1");
  }
  return encodeURIComponent(code);
}

function handler(event) {
  const request = event.request;
  const parts = request.uri.split("/");
  if (parts.length > 2 && ["a", "p", "r"].includes(parts[1])) {
    parts[2] = folded(parts[2]);
  }
  const last = parts[parts.length - 1];
  if (last === "") {
    parts[parts.length - 1] = "index.html";
  } else if (!last.includes(".")) {
    parts.push("index.html");
  }
  request.uri = parts.join("/");
  return request;
}
