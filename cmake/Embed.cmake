# Files of a directory become constants of a program.
# As a script (cmake -DOUT=… -DHEADER=… -DNAMESPACE=… -DDIRECTORY=… "-DFILES=a;b" -P Embed.cmake) it writes the source.
if(CMAKE_SCRIPT_MODE_FILE)
  set(arrays "")
  set(entries "")
  set(index 0)
  foreach(file ${FILES})
    file(READ ${DIRECTORY}/${file} bytes HEX)
    # Lines of bearable length: sixteen bytes each.
    string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
    get_filename_component(extension ${file} LAST_EXT)
    if(extension STREQUAL ".html")
      set(type "text/html; charset=utf-8")
    elseif(extension STREQUAL ".js")
      set(type "text/javascript; charset=utf-8")
    elseif(extension STREQUAL ".css")
      set(type "text/css; charset=utf-8")
    elseif(extension STREQUAL ".md")
      set(type "text/markdown; charset=utf-8")
    elseif(extension STREQUAL ".json")
      set(type "application/json")
    elseif(extension STREQUAL ".png")
      set(type "image/png")
    elseif(extension STREQUAL ".svg")
      set(type "image/svg+xml")
    else()
      message(FATAL_ERROR "no content type is known for ${file}")
    endif()
    get_filename_component(name ${file} NAME)
    set(path "/${name}")
    if(file STREQUAL "index.html")
      set(path "/")
    endif()
    string(APPEND arrays "constexpr unsigned char kFile${index}[] = {\n${bytes}};\n")
    string(APPEND entries "    Asset{\"${path}\", \"${type}\", text(kFile${index}, sizeof kFile${index})},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  file(WRITE ${OUT} "// Made by cmake/Embed.cmake.
#include \"${HEADER}\"

#include <array>

namespace ${NAMESPACE} {
namespace {

${arrays}
std::string_view text(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::span<const Asset> assets() {
  static const std::array<Asset, ${index}> kAssets{
${entries}  };
  return kAssets;
}

}  // namespace ${NAMESPACE}
")
  return()
endif()

# The script's place, for when the function is called from elsewhere.
set(SFTEAMS_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

# sfteams_embed_assets(TARGET HEADER NAMESPACE DIRECTORY FILE …): what the header promises, an Asset of each file.
function(sfteams_embed_assets target header namespace directory)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/assets.cpp)
  list(TRANSFORM ARGN PREPEND ${directory}/ OUTPUT_VARIABLE sources)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DHEADER=${header} -DNAMESPACE=${namespace} -DDIRECTORY=${directory} "-DFILES=${ARGN}" -P ${SFTEAMS_EMBED_SCRIPT}
    DEPENDS ${sources} ${SFTEAMS_EMBED_SCRIPT} VERBATIM)
  target_sources(${target} PRIVATE ${out})
  set_source_files_properties(${out} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()
