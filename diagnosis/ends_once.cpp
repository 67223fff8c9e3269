#include "diagnosis/ends_once.h"

#include <utility>

namespace sfteams::diagnosis {

EndsOnce::EndsOnce(Context& context, Found found, Done done)
    : context_(context), found_(std::move(found)), done_(std::move(done)) {}

void EndsOnce::tell(const Finding& finding) {
  if (!ended()) found_(finding);
}

void EndsOnce::end(const Finding& finding) {
  tell(finding);
  end();
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
