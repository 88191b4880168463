#include "emulator/hosting/splash.h"

#include "emulator/base/text.h"

namespace exthost::hosting {
namespace {

constexpr std::string_view kScript = R"js((() => {
  'use strict';
  const portal = document.currentScript.dataset.portal;
  const query = new URLSearchParams(location.search);
  const session = [...query.keys()].some((name) => name.toLowerCase() === 'sessionid') || location.hash.length > 1;
  if (window.parent !== window || session) return;
  const element = (name, text, style) => Object.assign(document.createElement(name), { textContent: text, style });
  const link = (text, href) => Object.assign(element('a', text, 'color:inherit;margin-right:2em'), { href });
  document.addEventListener('DOMContentLoaded', () => {
    const splash = element('div', '', 'all:initial;position:fixed;inset:0;z-index:2147483647;background:#0072c6;' +
      'color:#fff;font:16px/1.5 "Segoe UI",system-ui,sans-serif;padding:10vh 10vw;box-sizing:border-box');
    splash.id = 'exthost-splash';
    splash.append(
      element('h1', 'Extensions run in the portal', 'font-weight:300;font-size:42px;margin:0 0 .5em'),
      element('p', 'This URI is intended to be loaded as an iFrame by the Portal Framework.', 'margin:0 0 2em'));
    if (portal) {
      query.set('sessionId', 'testSessionId');
      splash.append(link('Open the portal', portal), link('Show the page by itself', location.pathname + '?' + query));
    }
    document.documentElement.append(splash);
  });
})();
)js";

}  // namespace

std::string splash_tag(std::string_view portal_origin) {
  std::string tag = "<script";
  if (!portal_origin.empty()) tag += " data-portal=\"" + base::escape_html(portal_origin) + "\"";
  return tag + ">" + std::string(kScript) + "</script>\n";
}

}  // namespace exthost::hosting
