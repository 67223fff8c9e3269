#include "tunnel/outbox.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "tunnel/control.h"
#include "tunnel/frame.h"
#include "tunnel/limits.h"

namespace sfteams::tunnel {
namespace {

/// Gives packets of the sizes in its list; every byte is the number of the stream.
class ListedPackets : public PacketSource {
 public:
  ListedPackets(Outbox& outbox, std::uint32_t id) : stream(outbox, id, *this) {}

  Pull next_packet(std::span<std::uint8_t> out) override {
    ++asked;
    if (sizes.empty()) return {};
    const std::size_t size = sizes.front();
    if (credit < size) return {0, Pull::Next::blocked};
    if (size > out.size()) return {0, Pull::Next::more};
    std::fill_n(out.begin(), size, static_cast<std::uint8_t>(stream.id()));
    credit -= size;
    sizes.pop_front();
    return {size, sizes.empty() ? Pull::Next::idle : Pull::Next::more};
  }
  void on_close_written() override { closes_written++; }

  Outbox::Stream stream;
  std::deque<std::size_t> sizes;
  std::size_t credit = SIZE_MAX;
  int asked = 0;
  int closes_written = 0;
};

struct Sent {
  FrameType type;
  std::uint32_t stream;
  std::size_t size;
};

std::vector<Sent> next_frames(Outbox& outbox) {
  std::vector<std::uint8_t> message(kMaxWebsocketMessage);
  message.resize(outbox.next_message(message));
  std::vector<Sent> frames;
  if (message.empty()) return frames;
  FrameReader reader(message);
  for (;;) {
    const auto frame = reader.next();
    REQUIRE(frame);
    if (!*frame) return frames;
    frames.push_back({(*frame)->type, (*frame)->stream, (*frame)->payload.size()});
  }
}

std::string drawn(const std::vector<Sent>& frames) {
  std::string out;
  for (const Sent& frame : frames) {
    out += out.empty() ? "" : " ";
    out += name_of(frame.type) + std::to_string(frame.stream);
  }
  return out;
}

TEST_CASE("an outbox with nothing to send gives nothing") {
  Outbox outbox([] {});
  CHECK(outbox.empty());
  CHECK(next_frames(outbox).empty());
}

TEST_CASE("streams take turns with one DATA frame each") {
  Outbox outbox([] {});
  ListedPackets bulk(outbox, 1);
  ListedPackets small(outbox, 2);
  ListedPackets other(outbox, 3);
  bulk.sizes.assign(4, 1000);
  small.sizes.assign(1, 10);
  other.sizes.assign(2, 10);
  bulk.stream.ready();
  small.stream.ready();
  other.stream.ready();
  CHECK(drawn(next_frames(outbox)) == "DATA1 DATA2 DATA3 DATA1 DATA3 DATA1 DATA1");
  CHECK(outbox.empty());
}

TEST_CASE(
    "a stream that becomes ready behind a bulk stream waits for one frame, not for the bulk") {
  Outbox outbox([] {});
  ListedPackets bulk(outbox, 1);
  bulk.sizes.assign(1000, kMaxPacket);
  bulk.stream.ready();
  CHECK(drawn(next_frames(outbox)) == "DATA1 DATA1 DATA1 DATA1");
  ListedPackets small(outbox, 2);
  small.sizes = {20};
  small.stream.ready();
  CHECK(drawn(next_frames(outbox)) == "DATA1 DATA2 DATA1 DATA1");
}

TEST_CASE("a packet that does not fit any more begins the next message") {
  Outbox outbox([] {});
  ListedPackets a(outbox, 1);
  ListedPackets b(outbox, 2);
  a.sizes.assign(3, kMaxPacket);
  b.sizes.assign(2, 4000);
  a.stream.ready();
  b.stream.ready();
  const auto first = next_frames(outbox);
  CHECK(drawn(first) == "DATA1 DATA2 DATA1 DATA2");
  CHECK(drawn(next_frames(outbox)) == "DATA1");
  CHECK(outbox.empty());
}

TEST_CASE("control frames go first, then WINDOW, then DATA") {
  Outbox outbox([] {});
  ListedPackets a(outbox, 1);
  a.sizes = {10};
  a.stream.ready();
  a.stream.window(100);
  outbox.send(FrameType::admitted, 0, {});
  outbox.close(9, WireCode::timeout, "late");
  CHECK(drawn(next_frames(outbox)) == "ADMITTED0 CLOSE9 WINDOW1 DATA1");
}

TEST_CASE("WINDOWs of one stream are added up while they wait") {
  Outbox outbox([] {});
  ListedPackets a(outbox, 5);
  for (int i = 0; i < 1000; ++i)
    a.stream.window(7);
  a.stream.window(0);
  std::vector<std::uint8_t> message(kMaxWebsocketMessage);
  message.resize(outbox.next_message(message));
  FrameReader reader(message);
  const auto frame = reader.next();
  REQUIRE((frame && *frame));
  CHECK(*decode_window((*frame)->payload) == 7000);
  CHECK_FALSE(*reader.next());
  CHECK(outbox.empty());
}

TEST_CASE("more control frames than one message holds are sent whole, in several") {
  Outbox outbox([] {});
  for (std::uint32_t i = 1; i <= 3000; ++i)
    outbox.send(FrameType::open, i, encode_open({}));
  std::uint32_t next = 1;
  while (!outbox.empty()) {
    for (const Sent& frame : next_frames(outbox))
      CHECK(frame.stream == next++);
  }
  CHECK(next == 3001);
  CHECK(outbox.control_bytes() == 0);
}

TEST_CASE("a blocked stream is left alone until it is ready again") {
  Outbox outbox([] {});
  ListedPackets a(outbox, 1);
  a.sizes = {100, 100};
  a.credit = 150;
  a.stream.ready();
  CHECK(drawn(next_frames(outbox)) == "DATA1");
  CHECK(outbox.empty());
  const int asked = a.asked;
  CHECK(next_frames(outbox).empty());
  CHECK(a.asked == asked);
  a.credit = 1000;
  a.stream.ready();
  CHECK(drawn(next_frames(outbox)) == "DATA1");
}

TEST_CASE("finish sends what the stream has, then CLOSE, and says so") {
  Outbox outbox([] {});
  ListedPackets a(outbox, 1);
  a.sizes = {100, 100};
  a.credit = 150;
  a.stream.finish(WireCode::normal, "bye");
  CHECK(drawn(next_frames(outbox)) == "DATA1");
  CHECK(a.closes_written == 0);
  a.credit = 100;
  a.stream.ready();
  CHECK(drawn(next_frames(outbox)) == "DATA1 CLOSE1");
  CHECK(a.closes_written == 1);
  CHECK(outbox.empty());
}

TEST_CASE("a CLOSE that does not fit any more follows in the next message") {
  Outbox outbox([] {});
  ListedPackets a(outbox, 1);
  a.sizes.assign(4, kMaxPacket);
  a.stream.finish(WireCode::normal, std::string(120, 'x'));
  CHECK(drawn(next_frames(outbox)) == "DATA1 DATA1 DATA1 DATA1");
  CHECK(drawn(next_frames(outbox)) == "CLOSE1");
  CHECK(a.closes_written == 1);
}

TEST_CASE("a stream may be destroyed when its CLOSE has been written") {
  struct Owned : ListedPackets {
    Owned(Outbox& outbox, std::unique_ptr<Owned>& self) : ListedPackets(outbox, 1), me(self) {}
    void on_close_written() override { me.reset(); }
    std::unique_ptr<Owned>& me;
  };
  Outbox outbox([] {});
  std::unique_ptr<Owned> owned;
  owned = std::make_unique<Owned>(outbox, owned);
  ListedPackets other(outbox, 2);
  other.sizes = {1, 1};
  owned->stream.finish(WireCode::normal, "");
  other.stream.ready();
  CHECK(drawn(next_frames(outbox)) == "CLOSE1 DATA2 DATA2");
  CHECK(owned == nullptr);
}

TEST_CASE("a destroyed stream takes its turn and its WINDOW with it") {
  Outbox outbox([] {});
  ListedPackets a(outbox, 1);
  auto b = std::make_unique<ListedPackets>(outbox, 2);
  ListedPackets c(outbox, 3);
  for (ListedPackets* one : {&a, b.get(), &c}) {
    one->sizes.assign(2, 10);
    one->stream.ready();
    one->stream.window(1);
  }
  b.reset();
  CHECK(drawn(next_frames(outbox)) == "WINDOW1 WINDOW3 DATA1 DATA3 DATA1 DATA3");
}

TEST_CASE("the websocket is woken when there is something to send and nothing was before") {
  int woken = 0;
  Outbox outbox([&woken] { ++woken; });
  ListedPackets a(outbox, 1);
  ListedPackets b(outbox, 2);
  a.sizes = {1};
  b.sizes = {1};
  a.stream.ready();
  CHECK(woken == 1);
  b.stream.ready();
  b.stream.window(3);
  outbox.send(FrameType::admitted, 0, {});
  CHECK(woken == 1);
  (void)next_frames(outbox);
  CHECK(outbox.empty());
  b.stream.window(3);
  CHECK(woken == 2);
}

TEST_CASE("a source that never gives a packet in the largest room is a mistake of the programmer") {
  struct Greedy : PacketSource {
    Pull next_packet(std::span<std::uint8_t> /*out*/) override { return {0, Pull::Next::more}; }
  };
  Outbox outbox([] {});
  Greedy greedy;
  Outbox::Stream stream(outbox, 1, greedy);
  stream.ready();
  std::vector<std::uint8_t> message(kMaxWebsocketMessage);
  CHECK_THROWS_AS((void)outbox.next_message(message), std::logic_error);
}

TEST_CASE("many streams that come and go get everything through, in fair shares") {
  std::mt19937 random(42);
  Outbox outbox([] {});
  std::map<std::uint32_t, std::unique_ptr<ListedPackets>> streams;
  std::map<std::uint32_t, std::size_t> expected;
  std::map<std::uint32_t, std::size_t> got;
  std::uint32_t next_id = 1;
  for (int round = 0; round < 5'000; ++round) {
    switch (random() % 4) {
      case 0: {
        streams.emplace(next_id, std::make_unique<ListedPackets>(outbox, next_id));
        ++next_id;
        break;
      }
      case 1: {
        if (streams.empty()) break;
        auto it = std::next(streams.begin(), static_cast<long>(random() % streams.size()));
        const std::size_t size = 1 + random() % kMaxPacket;
        it->second->sizes.push_back(size);
        expected[it->first] += size;
        it->second->stream.ready();
        break;
      }
      case 2: {
        if (streams.empty() || random() % 4 != 0) break;
        auto it = std::next(streams.begin(), static_cast<long>(random() % streams.size()));
        expected[it->first] = got[it->first];
        streams.erase(it);
        break;
      }
      default:
        for (const Sent& frame : next_frames(outbox))
          got[frame.stream] += frame.size;
    }
  }
  while (!outbox.empty()) {
    for (const Sent& frame : next_frames(outbox))
      got[frame.stream] += frame.size;
  }
  for (const auto& [id, bytes] : expected)
    CHECK(got[id] == bytes);
}

}  // namespace
}  // namespace sfteams::tunnel
