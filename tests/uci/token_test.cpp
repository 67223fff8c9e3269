#include "uci/token.h"

#include <string>

#include <catch2/catch.hpp>

using sfteams::crypto::Secret;
using sfteams::uci::make_token;
using sfteams::uci::TokenKind;

namespace {

std::string token(TokenKind kind, std::string_view login, std::string_view password) {
  return std::string(make_token(kind, login, Secret::from_text(password)).text());
}

}  // namespace

// Source: SFWiki (wiki.si-solutions.ch), page on XML-RPC, its example account.
TEST_CASE("the sha512 token of the published example comes out") {
  CHECK(token(TokenKind::sha512, "123", "Pass123") ==
        "123:81d8af78c98b153485f7d48e3437eb735ba37f0f013c5e06ba74536776c5945694e7cde71e2effbed7b5a1"
        "d1a4566fadcd847ef4098c234052fdfd288e8b6ced");
}

// The account of SMM's HowTo on STARFACE and XML-RPC, its values computed by another
// implementation.
TEST_CASE("both tokens of the account in the vendor's partner's guide come out") {
  CHECK(token(TokenKind::md5, "265", "Geheim") == "c39083417b2146e4d0b8a63d7697cd16");
  CHECK(token(TokenKind::sha512, "265", "Geheim") ==
        "265:6ca456deae38e2bfe99932fbae6098b9362c3825120686beebc67f6df38fd1b9cd35f6fb2aff4533388f0d"
        "49d272e40cac7f1fbec0194c8dbc84a8fc71d3388b");
}

TEST_CASE("a sha512 token needs no more of the password than its digest") {
  const Secret digest = sfteams::uci::hash_password(Secret::from_text("Pass123"));
  CHECK(digest.text().size() == 128);
  CHECK(make_token("123", digest).text() == token(TokenKind::sha512, "123", "Pass123"));
}

TEST_CASE("another login or password is another token") {
  CHECK(token(TokenKind::sha512, "123", "pass123") != token(TokenKind::sha512, "123", "Pass123"));
  CHECK(token(TokenKind::sha512, "124", "Pass123") != token(TokenKind::sha512, "123", "Pass123"));
}
