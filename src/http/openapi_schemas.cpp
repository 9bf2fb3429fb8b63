#include "http/openapi_schemas.hpp"

namespace zvonok::http {
namespace {

constexpr std::string_view kSchemas = R"json({
  "Problem": {
    "type": "object", "description": "Problem details (RFC 9457). Programs look at `code`.",
    "required": ["type", "title", "status", "code"], "additionalProperties": false,
    "properties": {
      "type": {"type": "string", "examples": ["urn:zvonok:invalid_code"]},
      "title": {"type": "string", "description": "A sentence for people"},
      "status": {"type": "integer", "minimum": 400, "maximum": 599},
      "code": {"type": "string", "pattern": "^[a-z0-9_]+$"},
      "detail": {"type": "string", "description": "What is wrong with this very request"}
    }
  },
  "OpenApiDocument": {"type": "object", "required": ["openapi", "info", "paths"]},
  "Status": {
    "type": "object", "required": ["status"], "additionalProperties": false,
    "properties": {"status": {"enum": ["ok", "ready"]}}
  },
  "IceServers": {
    "type": "object", "required": ["iceServers", "ttl"], "additionalProperties": false,
    "properties": {
      "iceServers": {"type": "array", "items": {
        "type": "object", "required": ["urls"], "additionalProperties": false,
        "properties": {
          "urls": {"type": "array", "minItems": 1, "items": {"type": "string"}},
          "username": {"type": "string"}, "credential": {"type": "string"}
        }
      }},
      "ttl": {"type": "integer", "minimum": 0, "description": "For how many seconds the credentials open new allocations"}
    }
  },
  "CodeRequest": {
    "type": "object", "description": "Either `phone` or `email`.",
    "oneOf": [{"required": ["phone"]}, {"required": ["email"]}],
    "properties": {
      "phone": {"type": "string", "examples": ["+79991234567"]},
      "email": {"type": "string", "examples": ["anna@example.com"]},
      "invite": {"type": "string", "description": "The token of an invitation"},
      "key": {"type": "string", "description": "With --lan: the key of the link"}
    }
  },
  "CodeSent": {
    "type": "object", "required": ["retryAfterS"], "additionalProperties": false,
    "properties": {
      "retryAfterS": {"type": "integer", "minimum": 0, "description": "When another code may be asked for"},
      "devCode": {"type": "string", "pattern": "^[0-9]{6}$", "description": "The code, with --dev and on that machine alone"}
    }
  },
  "Verification": {
    "type": "object", "required": ["code"], "description": "Either `phone` or `email`, with the code that was sent there.",
    "oneOf": [{"required": ["phone"]}, {"required": ["email"]}],
    "properties": {
      "phone": {"type": "string"}, "email": {"type": "string"},
      "code": {"type": "string", "examples": ["012345"], "description": "Six digits; blanks are forgiven"},
      "invite": {"type": "string"},
      "name": {"type": "string", "maxLength": 80},
      "device": {"type": "string", "pattern": "^[A-Za-z0-9_-]{0,64}$", "description": "One for each installation"}
    }
  },
  "Tokens": {
    "type": "object", "required": ["token", "expiresAt", "refreshToken"], "additionalProperties": false,
    "properties": {
      "token": {"type": "string", "description": "A JWT for `Authorization: Bearer` and `/ws?token=`"},
      "expiresAt": {"$ref": "#/components/schemas/EpochMs"},
      "refreshToken": {"type": "string"}
    }
  },
  "LoggedIn": {
    "type": "object", "required": ["token", "expiresAt", "refreshToken", "user"], "additionalProperties": false,
    "properties": {
      "token": {"type": "string", "description": "A JWT for `Authorization: Bearer` and `/ws?token=`"},
      "expiresAt": {"$ref": "#/components/schemas/EpochMs"},
      "refreshToken": {"type": "string"},
      "user": {"$ref": "#/components/schemas/User"}
    }
  },
  "InviteRequest": {
    "type": "object", "required": ["invite"], "properties": {"invite": {"type": "string"}}
  },
  "Invite": {
    "type": "object", "required": ["expiresAt"], "additionalProperties": false,
    "properties": {"expiresAt": {"$ref": "#/components/schemas/EpochMs"}}
  },
  "Refresh": {
    "type": "object", "required": ["refreshToken"],
    "properties": {
      "refreshToken": {"type": "string"},
      "device": {"type": "string", "pattern": "^[A-Za-z0-9_-]{0,64}$"}
    }
  },
  "User": {
    "type": "object", "required": ["id", "name", "avatar"], "additionalProperties": false,
    "properties": {
      "id": {"type": "string"},
      "name": {"type": "string", "description": "Empty: not known"},
      "avatar": {"type": "string", "description": "An https URL; empty: none"},
      "phone": {"type": "string", "description": "To oneself alone"},
      "email": {"type": "string", "description": "To oneself alone"}
    }
  },
  "Users": {
    "type": "object", "required": ["users"], "additionalProperties": false,
    "properties": {"users": {"type": "array", "maxItems": 20, "items": {"$ref": "#/components/schemas/User"}}}
  },
  "ProfileChange": {
    "type": "object",
    "properties": {
      "name": {"type": ["string", "null"], "maxLength": 80},
      "avatar": {"type": ["string", "null"], "maxLength": 512, "description": "An https URL; empty or null: none"}
    }
  },
  "DevLogin": {
    "type": "object", "required": ["name"],
    "properties": {"name": {"type": "string"}, "key": {"type": "string"}}
  },
  "DevToken": {
    "type": "object", "required": ["token"], "additionalProperties": false, "properties": {"token": {"type": "string"}}
  },
  "EpochMs": {"type": "integer", "description": "Milliseconds since 1970"}
})json";

}  // namespace

std::string_view openapi_schemas() {
  return kSchemas;
}

}  // namespace zvonok::http
