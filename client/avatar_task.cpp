#include "client/avatar_task.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error/counted.h"
#include "base/error/error.h"
#include "base/files/atomic_file.h"
#include "base/json/json.h"
#include "base/json/view.h"
#include "base/text/encoding.h"
#include "client/codes.h"

namespace sfteams::client {

void AvatarTask::start(Program& program) {
  if (!user_.empty()) return ask(program);
  program.call("users.me", Json::Value(Json::objectValue), [this, &program](const Json::Value& me) {
    user_ = json::string_member(me, "id").value_or("");
    ask(program);
  });
}

void AvatarTask::ask(Program& program) {
  Json::Value params(Json::objectValue);
  params["user"] = user_;
  program.call("users.avatar", params,
               [this, &program](const Json::Value& result) { keep(program, result); });
}

void AvatarTask::keep(Program& program, const Json::Value& result) {
  if (program.json()) program.print(json::write(result));
  if (result.isNull()) {
    if (!program.json()) program.print("this user has no picture");
    return program.finish(static_cast<int>(Exit::unavailable));
  }
  const auto bytes = text::from_base64(json::string_member(result, "data").value_or(""));
  if (!bytes) {
    return program.finish(Error{codes::kProtocol, "the agent sent a picture that is no Base64",
                                "check that agent and client have matching versions"});
  }
  if (!file_.empty()) {
    const Result<void> written =
        files::write_file_atomically(file_, *bytes, files::Existing::replace);
    if (!written) return program.finish(written.error());
  }
  if (!program.json()) {
    program.print(std::string(json::string_member(result, "type").value_or("")) + ", " +
                  counted(bytes->size(), "byte"));
  }
  program.finish();
}

}  // namespace sfteams::client
