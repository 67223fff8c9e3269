#include "rest/client_state.h"

#include <utility>

#include <fmt/format.h>

#include "rest/codes.h"
#include "transport/codes.h"

namespace sfteams::rest {
namespace {

/// Larger answers are read beside the loop.
constexpr std::size_t kReadAtOnce = 32'768;

}  // namespace

class Client::State::Handle final : public Asking {
 public:
  Handle(std::weak_ptr<State> state, std::shared_ptr<Job> job)
      : state_(std::move(state)), job_(std::move(job)) {}
  ~Handle() override {
    if (const auto state = state_.lock()) state->cancel(*job_);
  }

 private:
  std::weak_ptr<State> state_;
  std::shared_ptr<Job> job_;
};

Client::State::State(Setup setup)
    : setup_(std::move(setup)),
      lanes_{
          Lane(setup_.limits.at_once,
               Pace(setup_.limits.burst, setup_.limits.every, setup_.scheduler.now())),
          Lane(1, Pace(setup_.limits.picture_burst, setup_.limits.every, setup_.scheduler.now()))} {
}

std::unique_ptr<Asking> Client::State::ask(Question question,
                                           std::function<void(Result<Answer>)> answer) {
  auto job = std::make_shared<Job>();
  if (closed_) return std::make_unique<Handle>(weak_from_this(), std::move(job));
  job->question = std::move(question);
  job->answer = std::move(answer);
  job->deadline = setup_.scheduler.after(setup_.limits.patience,
                                         [this, raw = job.get()] { out_of_time(*raw); });
  Lane& lane = lane_of(*job);
  lane.waiting.push_back(job);
  serve_after(lane, Duration(0));
  return std::make_unique<Handle>(weak_from_this(), std::move(job));
}

void Client::State::close() {
  closed_ = true;
  leaving_soon_.reset();
  // What the callbacks hold goes last: it may own further handles, which find nothing to cancel.
  std::list<std::function<void(Result<Answer>)>> dropped;
  for (Lane& lane : lanes_) {
    lane.turn.reset();
    for (auto* const jobs : {&lane.waiting, &lane.running}) {
      for (const auto& job : std::exchange(*jobs, {})) {
        dropped.push_back(std::exchange(job->answer, nullptr));
        job->deadline.reset();
        job->asking.reset();
        job->pending.reset();
        job->work.reset();
      }
    }
  }
}

void Client::State::sign_out(std::function<void()> done) {
  close();
  auto call = setup_.credential->sign_out();
  if (!call) {
    leaving_soon_ = setup_.scheduler.after(Duration(0), std::move(done));
    return;
  }
  leaving_ = setup_.http.send(
      std::move(*call), [this, done = std::move(done)](const Result<transport::HttpReply>&) {
        const std::unique_ptr<transport::HttpPending> answered = std::move(leaving_);
        done();
      });
}

void Client::State::serve_after(Lane& lane, Duration delay) {
  if (closed_) return;
  lane.turn = setup_.scheduler.after(delay, [this, &lane] { serve(lane); });
}

void Client::State::serve(Lane& lane) {
  const auto alive = shared_from_this();
  const transport::TimePoint now = setup_.scheduler.now();
  while (!lane.waiting.empty()) {
    const std::shared_ptr<Job> job = lane.waiting.front();
    if (const Error* const error = remembered(job->question.shown_name())) {
      end(*job, fail(*error));
      continue;
    }
    if (lane.running.size() >= lane.at_once) break;
    if (!lane.pace.take(now)) {
      serve_after(lane, lane.pace.wait(now));
      break;
    }
    lane.waiting.pop_front();
    lane.running.push_back(job);
    start(*job);
  }
  // The newest ones wait in vain.
  while (lane.waiting.size() > setup_.limits.waiting) {
    end(*lane.waiting.back(), fail(codes::kBusy, "too many requests of this user wait for the PBX",
                                   "try again in a moment"));
  }
}

const Error* Client::State::remembered(const std::string& path) const {
  for (const std::string& key : {std::string(), path}) {
    const auto found = remembered_.find(key);
    if (found != remembered_.end() && setup_.scheduler.now() < found->second.until)
      return &found->second.error;
  }
  return nullptr;
}

void Client::State::remember(const std::string& path, Error error, Duration how_long) {
  remembered_.insert_or_assign(path,
                               Remembered{std::move(error), setup_.scheduler.now() + how_long});
}

void Client::State::start(Job& job) {
  auto asking = setup_.credential->get([this, raw = &job](Result<Credential::Shown> shown) {
    const auto alive = shared_from_this();
    const std::shared_ptr<Job> kept = raw->shared_from_this();
    // Kept to the end: what asks may not go while its callback runs.
    const std::unique_ptr<Asking> answered = std::move(kept->asking);
    send(*kept, std::move(shown));
  });
  // Otherwise it has been answered at once.
  if (job.answer && job.pending == nullptr) job.asking = std::move(asking);
}

void Client::State::send(Job& job, Result<Credential::Shown> shown) {
  if (!shown) return end(job, fail(std::move(shown.error())));
  job.shown = shown->number;
  transport::HttpCall call = rest_call(setup_.pbx, job.question.path + job.question.query);
  call.secret_header = std::move(shown->header);
  call.ca_file = setup_.ca_file;
  call.sender = setup_.sender;
  call.timeout = setup_.limits.patience;
  if (job.question.is_picture) {
    call.headers.front().value = "image/png, image/jpeg, image/gif";
    call.max_body = kMostPicture;
  }
  transport::HttpClient& http =
      job.question.is_picture && setup_.pictures != nullptr ? *setup_.pictures : setup_.http;
  job.pending = http.send(std::move(call), [this, raw = &job](Result<transport::HttpReply> reply) {
    const auto alive = shared_from_this();
    const std::shared_ptr<Job> kept = raw->shared_from_this();
    const std::unique_ptr<transport::HttpPending> answered = std::move(kept->pending);
    on_reply(*kept, std::move(reply));
  });
}

void Client::State::on_reply(Job& job, Result<transport::HttpReply> reply) {
  if (!reply) {
    const bool large = reply.error().code == transport::codes::kReplyTooLarge;
    if (large && job.question.is_picture) return end(job, Answer(too_large_avatar()));
    return end(job, fail(failed_call(std::move(reply.error()))));
  }
  switch (head_of(*reply)) {
    case Head::usable:
      setup_.credential->served(job.shown);
      return read(job, std::move(*reply));
    case Head::turned_away:
      return on_turned_away(job, reply->status);
    case Head::not_offered:
      return on_not_offered(job, reply->status);
    case Head::refused:
    case Head::unwell:
      return end(job, fail(pbx_error(job.question.shown_name(), reply->status)));
  }
}

void Client::State::on_not_offered(Job& job, int status) {
  // The PBX's word for a user without a picture.
  if (job.question.is_picture && status == 404) return end(job, Answer(Avatar()));
  const std::string& name = job.question.shown_name();
  const Error error = not_offered(name, status);
  remember(name, error, setup_.limits.not_offered);
  end(job, fail(error));
}

void Client::State::on_turned_away(Job& job, int status) {
  // A PBX may lead to a picture of its own, or to its web interface, where a user has none. Taken
  // for the end of the sign-in, that would cost a new one for each picture, and then the search.
  if (job.question.is_picture && status != 401)
    return end(job, fail(pbx_error(job.question.shown_name(), status)));
  const bool another = setup_.credential->refused(job.shown);
  if (another && !std::exchange(job.again, true)) return start(job);
  if (status != 401) return end(job, fail(pbx_error(job.question.shown_name(), status)));
  const Error error = not_signed_in(job.question.shown_name(), status);
  remember("", error, setup_.limits.not_signed_in);
  end(job, fail(error));
}

void Client::State::read(Job& job, transport::HttpReply reply) {
  if (reply.body.size() <= kReadAtOnce) return end(job, job.question.read(reply.body));
  job.work = transport::run_beside(
      setup_.background,
      [body = std::move(reply.body), read = job.question.read] { return read(body); },
      [this, raw = &job, held = std::move(reply.held)](Result<Answer> answer) {
        const auto alive = shared_from_this();
        const std::shared_ptr<Job> kept = raw->shared_from_this();
        const std::unique_ptr<transport::BackgroundWork> done = std::move(kept->work);
        end(*kept, std::move(answer));
      });
}

void Client::State::end(Job& job, Result<Answer> result) {
  const auto kept = job.shared_from_this();
  const auto answer = std::exchange(job.answer, nullptr);
  if (!answer) return;
  take_out(job);
  answer(std::move(result));
}

void Client::State::cancel(Job& job) {
  if (const auto dropped = std::exchange(job.answer, nullptr)) take_out(job);
}

void Client::State::take_out(Job& job) {
  const auto kept = job.shared_from_this();
  job.deadline.reset();
  job.asking.reset();
  job.pending.reset();
  job.work.reset();
  Lane& lane = lane_of(job);
  lane.waiting.remove(kept);
  lane.running.remove(kept);
  if (!lane.waiting.empty()) serve_after(lane, Duration(0));
}

void Client::State::out_of_time(Job& job) {
  const auto alive = shared_from_this();
  end(job, fail(transport::codes::kTimeout,
                fmt::format("the PBX did not answer {} within {} ms", job.question.shown_name(),
                            setup_.limits.patience.count()),
                "check the PBX's load and its log, then try again"));
}

}  // namespace sfteams::rest
