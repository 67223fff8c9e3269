# sfteams_alone(FILE …): sources that a unity build (CMakePresets.json) compiles by themselves, because
# their anonymous namespaces have names in common with those of their neighbours.
function(sfteams_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# sfteams_room(NAME SOURCES … ROOMS … LIBRARIES … PRIVATE_LIBRARIES …)
# One static library a room, the target room_<name>. ROOMS are the rooms it may enter
# (docs/architecture.md); LIBRARIES are seen by whoever uses it, PRIVATE_LIBRARIES are not.
function(sfteams_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ROOMS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  list(TRANSFORM ROOM_ROOMS PREPEND room_)
  add_library(room_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(room_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(room_${name} PUBLIC ${ROOM_ROOMS} ${ROOM_LIBRARIES}
                        PRIVATE ${ROOM_PRIVATE_LIBRARIES})
endfunction()

# Tests and command lines need not be fast: they are compiled in half the time.
function(sfteams_quickly_compiled target)
  if(SFTEAMS_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)
  elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_options(${target} PRIVATE -O1 -g1)
  endif()
endfunction()

# sfteams_program(NAME PART … SOURCES … ROOMS … LIBRARIES …): an installed program. PART is the package that it belongs to;
# without one it is for developers and in none.
function(sfteams_program name)
  cmake_parse_arguments(PROGRAM "" "PART" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  if(NOT PROGRAM_PART)
    set(PROGRAM_PART developer)
  endif()
  list(TRANSFORM PROGRAM_ROOMS PREPEND room_)
  add_executable(${name} ${PROGRAM_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${PROGRAM_ROOMS} ${PROGRAM_LIBRARIES} program_version)
  target_compile_definitions(${name} PRIVATE SFTEAMS_VERSION="${PROJECT_VERSION}")
  sfteams_quickly_compiled(${name})
  install(TARGETS ${name} RUNTIME COMPONENT ${PROGRAM_PART})
endfunction()

# sfteams_tests(ROOM SOURCES … ROOMS … LIBRARIES …)
# One Catch2 program a room, tests_<room>; every test case becomes a ctest labelled with the room.
function(sfteams_tests room)
  cmake_parse_arguments(TEST "" "" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  list(TRANSFORM TEST_ROOMS PREPEND room_)
  add_executable(tests_${room} ${TEST_SOURCES})
  target_link_libraries(tests_${room} PRIVATE tests_main ${TEST_ROOMS} ${TEST_LIBRARIES})
  target_include_directories(tests_${room} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(tests_${room} PRIVATE SFTEAMS_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                             SFTEAMS_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
  target_precompile_headers(tests_${room} REUSE_FROM tests_main)
  sfteams_quickly_compiled(tests_${room})
  # gcc 12 sees overlaps in concatenated strings that are none (gcc bug 105651).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(tests_${room} PRIVATE -Wno-array-bounds -Wno-restrict
                           -Wno-stringop-overflow)
  endif()
  catch_discover_tests(tests_${room} TEST_PREFIX "${room}: "
                       PROPERTIES LABELS ${room} TIMEOUT 60 SKIP_REGULAR_EXPRESSION "SKIPPED: ")
endfunction()
