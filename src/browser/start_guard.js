// Watches over the app's start from outside the app, in the plain JavaScript that old browsers read as well:
// - puts the chosen text size and theme on the page before anything is painted (the app keeps copies of both choices under
//   the names below, because IndexedDB answers too late for the first paint);
// - says so, and what to do, where the app cannot start, or stops in the middle (the released app carries no panic messages);
// - registers the service worker, so that even an app that fails to start can be mended by its next version. It offers the
//   waiting version only where the app failed to start; otherwise the app itself asks;
// - has the worker keep, later, what only some need.
(function () {
  "use strict";
  var root = document.documentElement;
  var failed = false;

  function chosen(name, allowed) {
    try {
      var value = localStorage.getItem("biaochi-" + name);
      if (allowed.indexOf(value) >= 0) root.setAttribute("data-" + name, value);
    } catch (refused) {
      // Storage is switched off: the plain look will do.
    }
  }
  chosen("size", ["large", "huge"]);
  chosen("theme", ["sunlight"]);

  function started() {
    // The app fills its place, or takes the shell away.
    var app = document.getElementById("app");
    var shell = document.getElementById("shell");
    return document.readyState !== "loading" && (shell === null || (app !== null && app.firstChild !== null));
  }

  function say(line, more) {
    if (document.getElementById("shell-again") === null) {
      // The shell itself has not been parsed yet.
      document.addEventListener("DOMContentLoaded", function () { say(line, more); });
      return;
    }
    document.getElementById("shell-line").textContent = line;
    document.getElementById("shell-more").textContent = more;
    var again = document.getElementById("shell-again");
    again.onclick = function () { takeOver(function () { location.reload(); }); };
    again.hidden = false;
  }

  // What the app needs (README, “What was tried where”): modules, the language of 2020 (told by what came with it), and a program
  // whose one function widens a byte with its sign, as ours do (wasm's sign extension: Chromium 74, Safari 14.1).
  var widens = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 192, 26, 11];
  var sound =
    "noModule" in document.createElement("script") && "indexedDB" in window && typeof Promise === "function" &&
    "allSettled" in Promise && typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(widens));

  // Safari before 15 cannot end a transaction by a word: it ends by itself when nothing more is asked of it, and says so.
  if ("IDBTransaction" in window && !("commit" in IDBTransaction.prototype)) IDBTransaction.prototype.commit = function () {};

  function fail() {
    if (failed || started()) return;
    failed = true;
    if (sound) {
      say("没有打开。", "手机里已存的内容都还在。请看看有没有网络，再打开一次；还打不开，请更新浏览器，或者换一个。");
    } else {
      say("这个浏览器太旧，打不开。", "手机里已存的内容都还在。请在手机的应用商店里更新浏览器，或装 Edge、火狐、QQ浏览器，用它打开这个网址。");
    }
  }

  if (!sound) fail();
  // Captured, because files that fail to load do not bubble.
  addEventListener("error", function (event) {
    var source = event.target;
    var optional = source && source.rel && /icon|manifest/.test(source.rel);
    if (!optional) fail();
  }, true);
  addEventListener("unhandledrejection", fail);

  // A program that stopped in the middle cannot go on, and must not look as if it could.
  function stopped(reason) {
    if (!started() || !(reason instanceof WebAssembly.RuntimeError) || document.getElementById("stopped")) return;
    var bar = document.createElement("div");
    bar.id = "stopped";
    bar.className = "strip stopped";
    bar.setAttribute("role", "alert");
    var line = document.createElement("span");
    line.textContent = "应用停住了。已存的内容都还在，请重新打开。";
    var again = document.createElement("button");
    again.className = "strip-button";
    again.textContent = "重新打开";
    again.onclick = function () { location.reload(); };
    bar.appendChild(line);
    bar.appendChild(again);
    document.body.appendChild(bar);
  }
  addEventListener("error", function (event) { stopped(event.error); });
  addEventListener("unhandledrejection", function (event) { stopped(event.reason); });

  // Lets a complete, waiting version take over, then calls back.
  function takeOver(then) {
    if (!("serviceWorker" in navigator)) return then();
    navigator.serviceWorker.getRegistration().then(function (registration) {
      if (!registration || !registration.waiting) return then();
      navigator.serviceWorker.addEventListener("controllerchange", then);
      registration.waiting.postMessage({ type: "take-over" });
    }, then);
  }

  // After the load, so that the worker's downloads do not compete with the app's. A development build has an unsealed worker,
  // which refuses to install.
  addEventListener("load", function () {
    if (!("serviceWorker" in navigator)) return;
    navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(function (refused) {
      // Without it everything works but opening without a network; 我的资料在哪 says so.
      console.info("no service worker:", refused);
    });
    later();
    addEventListener("online", later);
  });

  // What no first visit waits for (the worker for paper) is kept when the app has been quiet for a while, or the network is back.
  function later() {
    if (!("serviceWorker" in navigator)) return;
    navigator.serviceWorker.ready.then(function (registration) {
      setTimeout(function () { registration.active.postMessage({ type: "later" }); }, 15000);
    });
  }
})();
