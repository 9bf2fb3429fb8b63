#include "sim/witness.hpp"

namespace zvonok::sim {
namespace {

bool is_offer(const Action& action) {
  return action.verb == Verb::kOffer || action.verb == Verb::kOfferAgain;
}

}  // namespace

void Witness::wrote(Seat seat, std::int64_t number) {
  if (static_cast<std::size_t>(number) == authors_.size()) authors_.push_back(seat);
}

std::string Witness::see(const Action& action, const Events& events) {
  begin(action);
  for (const Event& event : events) {
    if (!is_word(event.what)) continue;
    if (std::string wrong = hear(action, event); !wrong.empty()) return wrong;
  }
  return check_together();
}

// What a device's owner does ends things for that device without a word from the server.
void Witness::begin(const Action& action) {
  Line& line = lines_[action.seat];
  switch (action.verb) {
    case Verb::kConnect:
      line = {.phone = Phone::kIdle};
      break;
    case Verb::kDisconnect:
      line = {};
      break;
    case Verb::kHangup:
      rest(line);
      break;
    case Verb::kOffer:
    case Verb::kOfferAgain:  // to another than the one who rings it: it has left that ring
      if (line.phone == Phone::kRung && user_of(line.peer) != action.target) rest(line);
      break;
    default:
      break;
  }
}

std::string Witness::hear(const Action& action, const Event& event) {
  Line& line = lines_[event.seat];
  if (line.phone == Phone::kGone) return "S11: a device that is gone hears something";
  switch (event.what) {
    case What::kOffer:
      return hear_offer(action, event);
    case What::kAnswer:
      return hear_answer(action, event);
    case What::kIce:
      return hear_ice(event);
    case What::kHangup:
      return hear_hangup(action, event);
    default:
      if (line.phone != Phone::kIdle) return "S7: a device is closed in a call";
      line = {};
      return "";
  }
}

std::string Witness::hear_offer(const Action& action, const Event& event) {
  Line& line = lines_[event.seat];
  Line& sender = lines_[event.peer];
  if (author(event.a) != event.peer) return "S4: an offer under another's name";
  if (line.phone == Phone::kTalking)
    return line.peer == event.peer ? "" : "S3: an offer from outside reaches a call";
  if (line.phone == Phone::kRung) return line.peer == event.peer ? "" : "S1: a device is rung twice at once";
  if (line.phone == Phone::kCalling) return "S12: a device that calls is rung as well";
  const int me = user_of(event.seat);
  if (sender.phone != Phone::kCalling || sender.callee != me) {
    const bool begins = event.peer == action.seat && is_offer(action);
    if (!begins || action.target != me) return "S3: an offer from a device that does not call";
    sender = call_to(me);
  }
  line = {.phone = Phone::kRung, .peer = event.peer, .since = next()};
  return "";
}

std::string Witness::hear_answer(const Action& action, const Event& event) {
  Line& line = lines_[event.seat];
  const Seat sender = author(event.a);
  if (action.verb != Verb::kAnswer || sender != action.seat) return "S3: an answer that nobody gives now";
  if (line.phone == Phone::kTalking) return line.peer == sender ? "" : "S2: an answer from a second device";
  if (line.phone != Phone::kCalling) return "S3: an answer to a device that does not call";
  Line& winner = lines_[sender];
  if (winner.phone != Phone::kRung || winner.peer != event.seat)
    return "S3: an answer from a device that was not rung";
  line.phone = winner.phone = Phone::kTalking;
  line.peer = sender;
  return "";
}

std::string Witness::hear_ice(const Event& event) {
  Line& line = lines_[event.seat];
  const Seat sender = author(event.a);
  const bool rung_by_me = lines_[sender].phone == Phone::kRung && lines_[sender].peer == event.seat;
  const bool member =
      line.phone == Phone::kCalling ? rung_by_me : line.phone != Phone::kIdle && line.peer == sender;
  if (!member) return "S3: a candidate from outside the call";
  if (event.a < lines_[sender].since) return "S3: a candidate of an earlier call";
  std::int64_t& last = line.last_ice[sender];
  if (event.a <= last) return "S5: a candidate twice or out of order";
  last = event.a;
  return "";
}

std::string Witness::hear_hangup(const Action& action, const Event& event) {
  Line& line = lines_[event.seat];
  const bool own_offer = event.seat == action.seat && is_offer(action);
  if (line.phone == Phone::kIdle && !own_offer) return "S7: a hangup to a device that is in nothing";
  rest(line);
  return "";
}

// Whoever is rung, is rung by a caller; whoever talks, talks with one who talks with it; a caller without
// anybody that it rings would wait for ever (L1).
std::string Witness::check_together() const {
  std::array<bool, kSeats> rings_somebody{};
  std::array<int, kUsersMax> parties{};
  for (Seat seat = 0; seat < kSeats; ++seat) {
    const Line& line = lines_[seat];
    if (line.phone == Phone::kRung) {
      const Line& caller = lines_[line.peer];
      if (caller.phone != Phone::kCalling || caller.callee != user_of(seat))
        return "S6: " + seat_name(seat) + " is rung by nobody";
      rings_somebody[line.peer] = true;
    }
    if (line.phone == Phone::kTalking) {
      const Line& other = lines_[line.peer];
      if (other.phone != Phone::kTalking || other.peer != seat)
        return "S7: " + seat_name(seat) + " talks alone";
    }
    if (line.phone == Phone::kCalling || line.phone == Phone::kTalking) {
      if (++parties[user_of(seat)] > 1) return "S1: " + user_name(user_of(seat)) + " is party to two calls";
    }
  }
  for (Seat seat = 0; seat < kSeats; ++seat) {
    if (lines_[seat].phone == Phone::kCalling && !rings_somebody[seat])
      return "L1: " + seat_name(seat) + " calls nobody";
  }
  return "";
}

}  // namespace zvonok::sim
