#include "tests/integration/http.h"

#include <memory>

#include <curl/curl.h>

namespace sfteams::integration {
namespace {

std::size_t append(char* data, std::size_t, std::size_t size, void* body) {
  static_cast<std::string*>(body)->append(data, size);
  return size;
}

std::size_t append_head(char* data, std::size_t, std::size_t size, void* head) {
  auto& text = *static_cast<std::string*>(head);
  text.append(data, size);
  // Nothing comes behind the head of a websocket that is opened.
  const bool opened = text.starts_with("HTTP/1.1 101") && text.ends_with("\r\n\r\n");
  return opened ? 0 : size;
}

}  // namespace

HttpAnswer http(const std::string& url, const std::string& body, const std::string& ca_file,
                const std::vector<std::string>& headers, const std::string& method,
                std::chrono::milliseconds patience) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  HttpAnswer answer;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  if (!body.empty()) curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
  if (!method.empty()) curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  if (!ca_file.empty()) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, ca_file.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HEADERFUNCTION, &append_head);
  curl_easy_setopt(curl.get(), CURLOPT_HEADERDATA, &answer.head);
  curl_slist* lines = nullptr;
  for (const std::string& header : headers)
    lines = curl_slist_append(lines, header.c_str());
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> kept(lines,
                                                                         &curl_slist_free_all);
  if (lines != nullptr) curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, lines);
  if (const CURLcode result = curl_easy_perform(curl.get()); result == CURLE_OK) {
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
  } else {
    answer.why = curl_easy_strerror(result);
  }
  return answer;
}

}  // namespace sfteams::integration
