#include "http/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "http/assets.hpp"
#include "http/test_requests.hpp"

namespace zvonok::http {
namespace {

using testing::get;
using ::testing::HasSubstr;
using testing::header_of;
using ::testing::Not;

std::string etag() {
  return header_of(*page_response(get("/")), "ETag");
}

TEST(Page, IsServedAtTheRoot) {
  const auto page = page_response(get("/"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200u);
  EXPECT_EQ(page->content_type, "text/html; charset=utf-8");
  EXPECT_THAT(page->body, HasSubstr("<html"));
}

TEST(Page, IsServedWhateverTheQuery) {
  EXPECT_TRUE(page_response(get("/?lang=ru")));
}

TEST(Page, ServesEveryFileAndNothingElse) {
  ASSERT_GE(assets().size(), 2u);
  for (const Asset& asset : assets()) {
    const auto page = page_response(get(asset.path));
    ASSERT_TRUE(page) << asset.path;
    EXPECT_EQ(page->body, asset.body);
    EXPECT_FALSE(asset.body.empty()) << asset.path;
  }
  for (const auto* path :
       {"/index.html", "", "/nothing", "//", "/../src", "/assets", "/assets/", "/%2e%2e"}) {
    EXPECT_FALSE(page_response(get(path))) << path;
  }
}

TEST(Page, IsNotSentAgainToWhoHasIt) {
  for (const auto& known : {etag(), "\"other\", " + etag(), etag() + ",\"other\""}) {
    const auto page = page_response(get("/", {{"If-None-Match", known}}));
    EXPECT_EQ(page->status, 304u) << known;
    EXPECT_EQ(page->body, "");
    EXPECT_EQ(header_of(*page, "ETag"), etag());  // RFC 9110 section 15.4.5
  }
  EXPECT_EQ(page_response(get("/", {{"If-None-Match", "\"other\""}}))->status, 200u);
}

// RFC 9110 section 13.1.2: `*` is any; the comparison is weak, and nginx with gzip makes ours weak.
TEST(Page, ComparesETagsWeakly) {
  EXPECT_EQ(page_response(get("/", {{"If-None-Match", "W/" + etag()}}))->status, 304u);
  EXPECT_EQ(page_response(get("/", {{"If-None-Match", "*"}}))->status, 304u);
}

TEST(Page, IsCompressedForWhoTakesThat) {
  for (const auto* accepted : {"gzip", "br, GZIP", "deflate, gzip;q=0.5"}) {
    const auto page = page_response(get("/", {{"Accept-Encoding", accepted}}));
    EXPECT_EQ(header_of(*page, "Content-Encoding"), "gzip") << accepted;
    EXPECT_EQ(page->body.substr(0, 2), "\x1f\x8b") << accepted;
    EXPECT_LT(page->body.size(), page_response(get("/"))->body.size());
    EXPECT_NE(header_of(*page, "ETag"), etag()) << "other bytes have another tag";
  }
  for (const auto* accepted : {"", "br", "identity", "gzip;q=0", "xgzip"}) {
    const auto page = page_response(get("/", {{"Accept-Encoding", accepted}}));
    EXPECT_EQ(header_of(*page, "Content-Encoding"), "(none)") << accepted;
    EXPECT_EQ(header_of(*page, "Vary"), "Accept-Encoding");
  }
}

// A new version of the page names new files.
TEST(Page, LetsFilesWithAHashInTheirNameBeKept) {
  for (const Asset& asset : assets()) {
    const bool kept = header_of(*page_response(get(asset.path)), "Cache-Control") != "no-cache";
    EXPECT_EQ(kept, asset.path.starts_with("/assets/")) << asset.path;
  }
}

// What a script that got into the page could do is the one thing between it and a caller's camera.
TEST(Page, RunsNothingButItsOwnFiles) {
  for (const Asset& asset : assets()) {
    const auto page = page_response(get(asset.path));
    const auto policy = header_of(*page, "Content-Security-Policy");
    EXPECT_EQ(
        policy,
        "default-src 'self'; connect-src 'self'; media-src 'self' blob: mediastream:; img-src 'self' data: "
        "https:; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'")
        << asset.path;
    EXPECT_EQ(header_of(*page, "Referrer-Policy"), "no-referrer");
    EXPECT_EQ(header_of(*page, "Permissions-Policy"), "camera=(self), microphone=(self)");
  }
}

// Its own policy would break it silently.
TEST(Page, KeepsToItsOwnPolicy) {
  const auto html = page_response(get("/"))->body;
  EXPECT_THAT(html, Not(HasSubstr("<style")));
  EXPECT_THAT(html, Not(HasSubstr("style=\"")));
  EXPECT_THAT(html, Not(HasSubstr("onclick=")));
  EXPECT_THAT(html, Not(HasSubstr("javascript:")));
  for (auto at = html.find("<script"); at != html.npos; at = html.find("<script", at + 1)) {
    EXPECT_THAT(html.substr(at, html.find('>', at) - at), HasSubstr("src=")) << "a script inside the HTML";
  }
}

TEST(Page, IsAskedForEachTime) {
  EXPECT_EQ(header_of(*page_response(get("/")), "Cache-Control"), "no-cache");
}

}  // namespace
}  // namespace zvonok::http
