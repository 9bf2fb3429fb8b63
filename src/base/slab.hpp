// Slab<T, Id>: objects in one array, found by an id that says where. An id of an object that is gone finds
// nothing, even when its place has a new tenant: each place counts its tenants, and the count is part of the
// id.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/assert.hpp"

namespace zvonok::base {

/// `Id` is a StrongId over uint64_t. References stay valid until the next `insert` only.
template <class T, class Id>
class Slab {
 public:
  Id insert(T value) {
    std::uint32_t index = 0;
    if (!free_.empty()) {
      index = free_.back();
      free_.pop_back();
    } else {
      index = static_cast<std::uint32_t>(places_.size());
      ZVONOK_ASSERT(index != UINT32_MAX);
      places_.emplace_back();
    }
    Place& place = places_[index];
    ++place.generation;  // odd: taken
    place.value = std::move(value);
    ++size_;
    return make_id(index, place.generation);
  }

  /// Null when the object is gone (or never was).
  T* find(Id id) { return is_alive(id) ? &places_[index_of(id)].value : nullptr; }
  const T* find(Id id) const { return is_alive(id) ? &places_[index_of(id)].value : nullptr; }
  /// For ids that must be alive: a dead one is a bug.
  T& at(Id id) {
    T* found = find(id);
    ZVONOK_ASSERT(found != nullptr);
    return *found;
  }
  const T& at(Id id) const {
    const T* found = find(id);
    ZVONOK_ASSERT(found != nullptr);
    return *found;
  }

  void erase(Id id) {
    ZVONOK_ASSERT(find(id) != nullptr);
    Place& place = places_[index_of(id)];
    ++place.generation;  // even: free
    place.value = T{};
    free_.push_back(index_of(id));
    --size_;
  }

  std::size_t size() const { return size_; }

  /// The place of an id: small, dense, reused. For arrays that lie beside this one.
  bool is_alive(Id id) const {
    const auto index = index_of(id);
    return index < places_.size() && places_[index].generation == generation_of(id);
  }
  static std::uint32_t index_of(Id id) { return static_cast<std::uint32_t>(id.value); }

  template <class F>
  void for_each(F&& f) {
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
      if (places_[i].generation % 2 == 1) f(make_id(i, places_[i].generation), places_[i].value);
    }
  }

 private:
  struct Place {
    std::uint32_t generation = 0;
    T value{};
  };
  // The generation of a live place is odd, so that no id is 0 and every id of a free place is stale.
  static Id make_id(std::uint32_t index, std::uint32_t generation) {
    return Id{(std::uint64_t{generation} << 32) | index};
  }
  static std::uint32_t generation_of(Id id) { return static_cast<std::uint32_t>(id.value >> 32); }

  std::vector<Place> places_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
};

}  // namespace zvonok::base
