#include "fetch/post.hpp"

#include "fetch/control_characters.hpp"

namespace zvonok::fetch {

std::string_view post_problem(const Post& post) {
  constexpr std::string_view kProblem = "was not asked: a header may hold no control characters";
  if (has_control_character(post.content_type)) return kProblem;
  for (const Header& header : post.headers)
    if (has_control_character(header.name) || has_control_character(header.value.reveal())) return kProblem;
  return {};
}

}  // namespace zvonok::fetch
