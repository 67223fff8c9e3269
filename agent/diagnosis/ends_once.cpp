#include "agent/diagnosis/ends_once.h"

#include <utility>

#include <fmt/format.h>

namespace sfteams::diagnosis {

EndsOnce::EndsOnce(Context& context, Found found, Done done)
    : context_(context), found_(std::move(found)), done_(std::move(done)) {}

void EndsOnce::tell(const Finding& finding) {
  if (!ended()) found_(finding);
}

void EndsOnce::end(const Finding& finding) {
  connector_answered();
  Finding whole = finding;
  if (was_held_back()) {
    whole.text += said(
        "; the connector took {0} s to answer, perhaps because it holds this address back "
        "after failed attempts",
        {fmt::format("{:.1f}", std::chrono::duration<double>(held_back_).count())});
  }
  tell(whole);
  end();
}

void EndsOnce::await_connector() {
  connector_answered();
  awaited_ = true;
  awaited_since_ = context_.network.loop().now();
  awaiting_ = context_.network.loop().after(kLong, [this] {
    if (context_.waiting) {
      context_.waiting(
          said("waiting for the connector: after failed attempts from an address it holds further "
               "ones back, for up to 5 s unless its operator has set another time ([throttle])"));
    }
  });
}

void EndsOnce::connector_answered() {
  awaiting_.reset();
  if (!std::exchange(awaited_, false)) return;
  held_back_ += std::chrono::duration_cast<transport::Duration>(context_.network.loop().now() -
                                                                awaited_since_);
}

void EndsOnce::end() {
  if (ended()) return;
  end_ = context_.network.loop().after(transport::Duration(0), [this] {
    let_go();
    // Whoever is told may destroy this.
    const Done done = std::move(done_);
    done();
  });
}

}  // namespace sfteams::diagnosis
